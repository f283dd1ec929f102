namespace Bittensor.Axon;

/// <summary>The counters of one route.</summary>
sealed class RouteCounters(string route)
{
    readonly long[] _counts = new long[Enum.GetValues<AxonOutcome>().Length];

    public string Route { get; } = route;

    public void Add(AxonOutcome outcome) => Interlocked.Increment(ref _counts[(int)outcome]);

    public long Count(AxonOutcome outcome) => Interlocked.Read(ref _counts[(int)outcome]);
}
