namespace ComputeMiner.Specs;

/// <summary>
/// Decides whether what a probe of the GPUs found is to be published. A validator takes the machine from its renter when the number of GPUs or
/// the first one's name changes, so during a rental neither does, whatever is found; and at other times a smaller set, or none because the
/// driver failed, counts only after it was found the same way several times in a row.
/// </summary>
sealed class GpuJudgement
{
    /// <summary>Probes in a row that must agree on a smaller set.</summary>
    public const int Repeats = 3;

    GpuSpecs? _seen;
    int _times;

    /// <summary>What is to be published; the last good set, or null where there is none, when the found one does not count.</summary>
    /// <param name="last">Published before; null when nothing was.</param>
    /// <param name="found">Null when the probe failed.</param>
    /// <param name="isWhole">All GPUs that are to be handed out were found.</param>
    /// <param name="isChosenAnew">The operator chose others than those published last.</param>
    /// <param name="rented">Somebody has the machine.</param>
    public GpuSpecs? Decide(GpuSpecs? last, GpuSpecs? found, bool isWhole, bool isChosenAnew, bool rented)
    {
        var candidate = found ?? GpuSpecs.None;
        _times = candidate.IsSameSet(_seen) ? _times + 1 : 1;
        _seen = candidate;
        if (found is not null && found.IsSameSet(last))
            return found;
        var isGood = found is not null && isWhole;
        // A rental that is older than our memory of what was published: a whole set can only be what the renter has.
        if (rented)
            return last ?? (isGood ? found : null);
        var isSmaller = last is not null && !isChosenAnew && (candidate.Count < last.Count || candidate.Capacity < last.Capacity);
        return (isGood && !isSmaller) || _times >= Repeats ? candidate : last;
    }
}
