namespace ComputeMiner.Configuration;

/// <summary>A flag as the command line has it, and the key it stands for.</summary>
readonly record struct FlagSpec(string Flag, string Key, bool IsSwitch, bool OfReference, bool HasEffect = true);
