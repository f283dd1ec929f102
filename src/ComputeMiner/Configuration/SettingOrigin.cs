namespace ComputeMiner.Configuration;

/// <summary>A setting and the place its value came from.</summary>
sealed record SettingOrigin(Setting Setting, SettingSource Source);
