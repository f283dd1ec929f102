namespace ComputeMiner.Updates;

/// <summary>What happens when a newer version exists.</summary>
sealed class UpdateSettings
{
    /// <summary>Default notify.</summary>
    public UpdateMode Mode { get; set; } = UpdateMode.Notify;
}
