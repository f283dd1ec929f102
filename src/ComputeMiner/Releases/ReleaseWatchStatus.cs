namespace ComputeMiner.Releases;

/// <summary>How an installed version does in its first day, for the status.</summary>
/// <param name="Version">Which.</param>
/// <param name="Before">What runs again when it is given up.</param>
/// <param name="Until">When its day is over.</param>
/// <param name="QuickEnds">How often in a row it ended by itself soon after its start.</param>
/// <param name="MostQuickEnds">With so many it is given up.</param>
sealed record ReleaseWatchStatus(string Version, string Before, DateTimeOffset Until, int QuickEnds, int MostQuickEnds)
{
    public static ReleaseWatchStatus? Of(ReleaseWatch? watch) => watch is null ? null : new(
        watch.Version, watch.Before?.Version ?? "the program that was started", watch.Since + ReleaseWatch.Length, watch.QuickEnds, ReleaseWatch.MostQuickEnds);
}
