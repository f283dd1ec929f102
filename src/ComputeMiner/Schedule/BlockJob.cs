namespace ComputeMiner.Schedule;

/// <summary>Something that is done every so many blocks.</summary>
/// <param name="Name">What an operator calls it.</param>
/// <param name="Interval">Blocks between two runs; 1 is every head, and a head that comes during a run has one of its own after it.</param>
/// <param name="Patience">How long one run may take before it is cancelled.</param>
/// <param name="RunAsync">Does it, at a block; what it returns is shown to the operator, what it throws is shown as its failure.</param>
sealed record BlockJob(string Name, ulong Interval, TimeSpan Patience, Func<ulong, CancellationToken, Task<string>> RunAsync)
{
    /// <summary>
    /// Blocks by which this job's windows begin after the multiples of its interval, where that is less than the interval; else what is left of
    /// it after them. Always the same for a miner, so that it moves no window, and another one for the next miner.
    /// </summary>
    public ulong Phase { get; init; }

    /// <summary>Sees a block when this one's run at it has ended, however it ended.</summary>
    public BlockJob? Then { get; init; }

    /// <summary>Whether it logs its own failures; the schedule says nothing of them then.</summary>
    public bool TellsItself { get; init; }
}
