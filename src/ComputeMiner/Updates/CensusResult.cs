using System.Globalization;

namespace ComputeMiner.Updates;

/// <summary>The validators' versions at one block.</summary>
/// <param name="Block">The metagraph's block, which says who is a validator.</param>
/// <param name="At">When it was taken.</param>
/// <param name="Validators">How many there are.</param>
/// <param name="Counts">How many publish which version, the newest first; those that publish none last.</param>
/// <param name="Minimum">The version they should have at least, as a number; null while that is not known.</param>
/// <param name="Updated">How many have it; null while the minimum is not known.</param>
/// <param name="IsQuorum">Whether their share is above the threshold; null while the minimum is not known.</param>
sealed record CensusResult(
    ulong Block, DateTimeOffset At, int Validators, IReadOnlyList<VersionCount> Counts, uint? Minimum, int? Updated, bool? IsQuorum)
{
    /// <summary>Of all validators, in percent; 0 where there are none, as the reference counts it.</summary>
    public double? Share => Updated is { } updated ? Validators == 0 ? 0 : 100.0 * updated / Validators : null;

    public override string ToString()
    {
        var counts = string.Join(", ", Counts.Select(count => $"{count.Version} × {count.Validators}"));
        var share = Share is { } percent
            ? string.Create(CultureInfo.InvariantCulture, $"; {percent:0.#} % at or above {SubnetVersion.Show(Minimum!.Value)}, {(IsQuorum == true ? "above" : "not above")} the threshold")
            : "";
        return $"{Validators} {(Validators == 1 ? "validator" : "validators")} at block {Block}{(counts.Length > 0 ? ": " + counts : "")}{share}";
    }
}

/// <summary>How many validators publish a version.</summary>
/// <param name="Version">Dotted; "none" for those that publish none.</param>
/// <param name="Validators">How many.</param>
sealed record VersionCount(string Version, int Validators);
