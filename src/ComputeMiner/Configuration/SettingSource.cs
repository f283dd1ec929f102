namespace ComputeMiner.Configuration;

/// <summary>Where a value came from; a later kind wins over an earlier one.</summary>
/// <param name="Kind">The place.</param>
/// <param name="Where">In words, for messages: "environment variable BT_AXON_PORT".</param>
sealed record SettingSource(SettingSourceKind Kind, string Where)
{
    public static readonly SettingSource Default = new(SettingSourceKind.Default, "default");
}
