namespace ComputeMiner.Containers;

/// <summary>The network of the containers.</summary>
/// <param name="Id">Docker's id of it.</param>
/// <param name="Bridge">The host's interface.</param>
/// <param name="Ipv6">Containers on it have IPv6 addresses.</param>
/// <param name="IsOfAnother">Another miner made it, and its containers are on it.</param>
sealed record BridgeNetwork(string Id, string Bridge, bool Ipv6, bool IsOfAnother = false);
