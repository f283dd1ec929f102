namespace Bittensor.Axon;

/// <summary>How often a route had an outcome.</summary>
/// <param name="Route">The synapse's name; empty for requests that matched none.</param>
/// <param name="Outcome">What became of them.</param>
/// <param name="Count">How many.</param>
public readonly record struct AxonCount(string Route, AxonOutcome Outcome, long Count);
