namespace ComputeMiner.Releases;

/// <summary>A release that was good when it was tried, and may turn out bad: what ran before it stays until then.</summary>
/// <param name="Version">Whose.</param>
/// <param name="Since">When it was good.</param>
/// <param name="Before">The installed release that runs again when this one is given up; null for the program that was started.</param>
/// <param name="QuickEnds">How often in a row it ended by itself soon after its start.</param>
sealed record ReleaseWatch(string Version, DateTimeOffset Since, InstalledRelease? Before, int QuickEnds = 0)
{
    /// <summary>So long it is watched, and until it has run for <see cref="Quick"/> after that.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromDays(1);

    /// <summary>An end before that is a quick one.</summary>
    public static readonly TimeSpan Quick = TimeSpan.FromMinutes(10);

    /// <summary>So many quick ends in a row, and it is given up.</summary>
    public const int MostQuickEnds = 3;
}
