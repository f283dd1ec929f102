namespace Bittensor.Subtensor;

/// <summary>
/// What a metagraph read brings beyond hotkey, stake, permit, last update, emission, incentive and consensus. Each part costs
/// bytes on the wire and time at the node; <see cref="None"/> is about 13 kB for 256 neurons.
/// </summary>
[Flags]
public enum MetagraphParts
{
    /// <summary>Only the fields every read brings.</summary>
    None = 0,

    /// <summary><see cref="Neuron.Coldkey"/>: 32 bytes per neuron.</summary>
    Coldkeys = 1,

    /// <summary><see cref="Neuron.Axon"/>: 34 bytes per neuron.</summary>
    Axons = 2,

    /// <summary><see cref="Neuron.Active"/>, <see cref="Neuron.Dividends"/> and <see cref="Neuron.Trust"/>.</summary>
    Scores = 4,

    /// <summary><see cref="Neuron.AlphaStake"/> and <see cref="Neuron.TaoStake"/>: the node computes all stakes once more for each.</summary>
    StakeParts = 8,

    /// <summary>Everything but the stake parts.</summary>
    Usual = Coldkeys | Axons | Scores,
}
