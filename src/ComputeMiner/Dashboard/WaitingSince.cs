namespace ComputeMiner.Dashboard;

/// <summary>Remembers since when each step is waited for. One that is done and undone again begins anew.</summary>
sealed class WaitingSince(TimeProvider time)
{
    readonly Lock _lock = new();
    readonly Dictionary<string, DateTimeOffset> _since = [];

    public IReadOnlyList<StartupStep> Mark(IEnumerable<StartupStep> steps)
    {
        var now = time.GetUtcNow();
        lock (_lock)
            return [.. steps.Select(step => step with { Since = Of(step, now) })];
    }

    DateTimeOffset? Of(StartupStep step, DateTimeOffset now)
    {
        if (step.Done)
        {
            _since.Remove(step.Name);
            return null;
        }
        _since.TryAdd(step.Name, now);
        return _since[step.Name];
    }
}
