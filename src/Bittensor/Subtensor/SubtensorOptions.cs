using Bittensor.Substrate;

namespace Bittensor.Subtensor;

/// <summary>How to reach a Subtensor node and what to read from it.</summary>
public sealed class SubtensorOptions : SubstrateOptions
{
    /// <summary>What a metagraph read brings. Default <see cref="MetagraphParts.Usual"/>.</summary>
    public MetagraphParts MetagraphParts { get; set; } = MetagraphParts.Usual;
}
