namespace ComputeMiner.Schedule;

/// <summary>How a job stands.</summary>
/// <param name="Name">What an operator calls it.</param>
/// <param name="Interval">Blocks between two runs.</param>
/// <param name="PatienceSeconds">How long a run may take before it is cancelled.</param>
/// <param name="Runs">How often it was started.</param>
/// <param name="Block">The block of the last start; null when it never started.</param>
/// <param name="Started">When that was.</param>
/// <param name="IsRunning">Whether that run is still under way.</param>
/// <param name="Ok">Whether the last run that ended did so well; true before the first.</param>
/// <param name="Result">What it said.</param>
sealed record JobStatus(
    string Name, ulong Interval, double PatienceSeconds, long Runs, ulong? Block, DateTimeOffset? Started, bool IsRunning, bool Ok, string Result);
