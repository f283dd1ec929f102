using System.Globalization;

namespace ComputeMiner.Registry;

/// <summary>What is known of our run in the registry.</summary>
/// <param name="Stage">How far publishing is.</param>
/// <param name="Detail">The same for a person: what is the case, and what to do.</param>
/// <param name="RunId">Our run's id; null before it is known.</param>
/// <param name="LastPost">The last sign of life the registry took; null for none in this process.</param>
/// <param name="PendingLines">History lines that wait.</param>
/// <param name="DroppedLines">History lines given up because too many waited.</param>
sealed record RegistryPresence(
    RegistryStage Stage, string Detail, string? RunId = null, DateTimeOffset? LastPost = null, int PendingLines = 0, long DroppedLines = 0)
{
    /// <summary>The whole of it on a line.</summary>
    public string Describe(DateTimeOffset now) => string.Create(CultureInfo.InvariantCulture,
        $"{Detail}{(LastPost is { } post ? $"; last sign of life {(now - post).TotalSeconds:0} s ago" : "")}{(PendingLines > 0 ? $"; {PendingLines} lines of history wait" : "")}{(DroppedLines > 0 ? $"; {DroppedLines} were given up" : "")}");
}
