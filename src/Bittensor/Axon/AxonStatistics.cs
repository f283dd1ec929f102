using System.Collections.Frozen;

namespace Bittensor.Axon;

/// <summary>Counts requests by route and outcome since the start. Reading never disturbs the axon.</summary>
public sealed class AxonStatistics
{
    readonly FrozenDictionary<string, RouteCounters> _routes;
    readonly RouteCounters _unknown = new("");

    internal AxonStatistics(IEnumerable<string> routes)
    {
        _routes = routes.Distinct().Select(route => new RouteCounters(route))
            .ToFrozenDictionary(counters => counters.Route, StringComparer.Ordinal);
    }

    /// <summary>Requests of every route with this outcome.</summary>
    public long Total(AxonOutcome outcome) => _routes.Values.Append(_unknown).Sum(counters => counters.Count(outcome));

    /// <summary>Requests of one route with this outcome; the empty route stands for requests that matched none.</summary>
    public long Count(string route, AxonOutcome outcome) => For(route).Count(outcome);

    /// <summary>Every count above zero.</summary>
    public IReadOnlyList<AxonCount> Snapshot() =>
    [
        .. from counters in _routes.Values.Append(_unknown)
           from outcome in Enum.GetValues<AxonOutcome>()
           let count = counters.Count(outcome)
           where count > 0
           select new AxonCount(counters.Route, outcome, count),
    ];

    internal RouteCounters For(string route) => _routes.GetValueOrDefault(route, _unknown);
}
