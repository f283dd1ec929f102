namespace Bittensor.Axon;

/// <summary>A served synapse and its counters.</summary>
sealed record AxonRoute(AxonEndpoint Endpoint, RouteCounters Counters);
