namespace ComputeMiner.Configuration;

/// <summary>A flag that was given: the key it stands for, its text and the flag as typed.</summary>
readonly record struct FlagValue(string Key, string Text, string Typed);
