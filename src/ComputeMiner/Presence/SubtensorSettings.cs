using System.Collections.Immutable;
using Bittensor.Substrate;
using Bittensor.Subtensor;

namespace ComputeMiner.Presence;

/// <summary>Which chain the miner has its place on.</summary>
sealed class SubtensorSettings
{
    /// <summary>Name of a public network, or the ws or wss address of a node. Default finney.</summary>
    public string Network { get; set; } = SubtensorNetworks.Default;

    /// <summary>Nodes to use instead of the network's, in order of preference. Default: none.</summary>
    public ImmutableArray<Uri> ChainEndpoints { get; set; } = [];

    /// <summary>The nodes to connect to, in order of preference.</summary>
    public ImmutableArray<Uri> Endpoints => ChainEndpoints.IsEmpty ? SubtensorNetworks.Resolve(Network) : ChainEndpoints;

    /// <summary>The genesis hash the nodes must have; null where any will do, because none of them is of a public network.</summary>
    public BlockHash? ExpectedGenesis => ChainEndpoints.IsEmpty
        ? SubtensorNetworks.ExpectedGenesis(Network)
        : ChainEndpoints.Select(endpoint => SubtensorNetworks.ExpectedGenesis(endpoint.AbsoluteUri)).FirstOrDefault(genesis => genesis is not null);

    public SubtensorOptions ToClientOptions() => new() { Endpoints = Endpoints, ExpectedGenesis = ExpectedGenesis };
}
