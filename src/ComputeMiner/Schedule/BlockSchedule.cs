namespace ComputeMiner.Schedule;

/// <summary>
/// What is done at which block. Every job stands alone: one that hangs or fails delays no other, and none is ever started twice at once.
/// Driven by block numbers, whoever tells them.
/// </summary>
sealed class BlockSchedule(IEnumerable<BlockJob> jobs, TimeProvider time, ILogger<BlockSchedule> logger)
{
    readonly ScheduledJob[] _jobs = [.. jobs.Select(job => new ScheduledJob(job, time, logger))];

    /// <summary>How each job stands, in the order of the schedule.</summary>
    public IReadOnlyList<JobStatus> Jobs => [.. _jobs.Select(job => job.Status)];

    /// <summary>A head was seen; it may be one seen before, an older one, or one far ahead of the last. Returns at once.</summary>
    public void OnHead(ulong block, CancellationToken cancellation)
    {
        foreach (var job in _jobs)
            job.OnHead(block, cancellation);
    }

    /// <summary>Completes when no run is under way.</summary>
    public Task WhenIdleAsync() => Task.WhenAll(_jobs.Select(job => job.Running));
}
