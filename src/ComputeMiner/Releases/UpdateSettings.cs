namespace ComputeMiner.Releases;

/// <summary>What happens when a newer version exists, and who says that one does.</summary>
sealed class UpdateSettings
{
    /// <summary>Default notify.</summary>
    public UpdateMode Mode { get; set; } = UpdateMode.Notify;

    /// <summary>The manifest of the newest release. Default null: nobody is asked.</summary>
    public Uri? Url { get; set; }

    /// <summary>Who may say what is installed. Default null: nothing is.</summary>
    public ReleaseKey? Key { get; set; }
}
