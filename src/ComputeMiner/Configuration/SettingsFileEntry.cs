namespace ComputeMiner.Configuration;

/// <summary>One setting in a file and where it stands there.</summary>
readonly record struct SettingsFileEntry(string Key, string Text, string Where);
