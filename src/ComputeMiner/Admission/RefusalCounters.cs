using System.Collections.Concurrent;
using Bittensor.Keys;

namespace ComputeMiner.Admission;

/// <summary>Counts refusals by rule, for the status. Bounded: there are only as many entries as rules.</summary>
sealed class RefusalCounters(TimeProvider time)
{
    readonly ConcurrentDictionary<string, RefusalCount> _counts = new(StringComparer.Ordinal);

    /// <summary>The rules that refused at least once, by name.</summary>
    public IReadOnlyList<RefusalCount> Snapshot() => [.. _counts.Values.OrderBy(c => c.Rule, StringComparer.Ordinal)];

    public void Add(string rule, Hotkey hotkey, double? stake)
    {
        var first = new RefusalCount(rule, 1, hotkey, stake, time.GetUtcNow());
        _counts.AddOrUpdate(rule, static (_, first) => first, static (_, old, first) => first with { Count = old.Count + 1 }, first);
    }
}
