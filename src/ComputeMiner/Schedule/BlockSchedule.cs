namespace ComputeMiner.Schedule;

/// <summary>
/// What is done at which block. Every job stands alone: one that hangs or fails delays no other, and none is ever started twice at once.
/// Driven by block numbers, whoever tells them.
/// </summary>
sealed class BlockSchedule
{
    readonly List<ScheduledJob> _jobs = [];
    readonly List<ScheduledJob> _first = [];

    public BlockSchedule(IEnumerable<BlockJob> jobs, TimeProvider time, ILogger<BlockSchedule> logger)
    {
        foreach (var job in jobs)
            _first.Add(Add(job, time, logger));
    }

    /// <summary>How each job stands, in the order of the schedule.</summary>
    public IReadOnlyList<JobStatus> Jobs => [.. _jobs.Select(job => job.Status)];

    /// <summary>A head was seen; it may be one seen before, an older one, or one far ahead of the last. Returns at once.</summary>
    public void OnHead(ulong block, CancellationToken cancellation)
    {
        foreach (var job in _first)
            job.OnHead(block, cancellation);
    }

    /// <summary>Completes when no run is under way.</summary>
    public async Task WhenIdleAsync()
    {
        // One that ended may have begun the next.
        while (_jobs.Find(job => !job.Running.IsCompleted) is { } job)
            await job.Running;
    }

    ScheduledJob Add(BlockJob job, TimeProvider time, ILogger logger)
    {
        var place = _jobs.Count;
        var next = job.Then is { } then ? Add(then, time, logger) : null;
        var scheduled = new ScheduledJob(job, next, time, logger);
        _jobs.Insert(place, scheduled);
        return scheduled;
    }
}
