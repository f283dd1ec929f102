using Bittensor.Keys;

namespace Bittensor.Subtensor;

/// <summary>One neuron of a subnet at one block. Scores are fractions of 1; a field the runtime no longer keeps is 0.</summary>
public sealed record Neuron
{
    /// <summary>Its number in the subnet.</summary>
    public required Uid Uid { get; init; }

    /// <summary>The key it works with.</summary>
    public required Hotkey Hotkey { get; init; }

    /// <summary>The key that owns it; all zero when the metagraph was read without coldkeys.</summary>
    public Coldkey Coldkey { get; init; }

    /// <summary>S: the chain's total stake (own and inherited alpha plus weighted root stake), in whole units (RAO / 10^9).</summary>
    public double Stake { get; init; }

    /// <summary>Alpha part of the stake, whole units; null when not asked for.</summary>
    public double? AlphaStake { get; init; }

    /// <summary>Root part of the stake before weighting, whole units; null when not asked for.</summary>
    public double? TaoStake { get; init; }

    /// <summary>True when it may set weights.</summary>
    public bool ValidatorPermit { get; init; }

    /// <summary>Block of its last weights, or of its registration.</summary>
    public ulong LastUpdate { get; init; }

    /// <summary>Where it is reached; <see cref="AxonInfo.None"/> when never served or not asked for.</summary>
    public AxonInfo Axon { get; init; } = AxonInfo.None;

    /// <summary>T, 0 to 1; 0 on runtimes that dropped it.</summary>
    public double Trust { get; init; }

    /// <summary>C, 0 to 1.</summary>
    public double Consensus { get; init; }

    /// <summary>I, 0 to 1.</summary>
    public double Incentive { get; init; }

    /// <summary>D, 0 to 1.</summary>
    public double Dividends { get; init; }

    /// <summary>E: alpha per tempo, whole units.</summary>
    public double Emission { get; init; }

    /// <summary>True when it set weights within the activity cutoff.</summary>
    public bool Active { get; init; }
}
