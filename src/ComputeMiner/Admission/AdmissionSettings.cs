using System.Collections.Immutable;
using Bittensor.Keys;

namespace ComputeMiner.Admission;

/// <summary>Who may call.</summary>
sealed class AdmissionSettings
{
    /// <summary>Hotkeys refused whatever else they are. Default: none.</summary>
    public ImmutableArray<Hotkey> BlacklistHotkeys { get; set; } = [];

    /// <summary>Coldkeys whose hotkeys are refused. Default: none.</summary>
    public ImmutableArray<Coldkey> BlacklistColdkeys { get; set; } = [];

    /// <summary>Refuse the built-in list of exploiters. Default true.</summary>
    public bool BlacklistExploiters { get; set; } = true;

    /// <summary>Hotkeys trusted regardless of stake, beside the built-in ones. Default: none.</summary>
    public ImmutableArray<Hotkey> WhitelistHotkeys { get; set; } = [];

    /// <summary>Coldkeys whose hotkeys are trusted regardless of stake. Default: none.</summary>
    public ImmutableArray<Coldkey> WhitelistColdkeys { get; set; } = [];

    /// <summary>Stake S a caller needs, in whole units. Default 10000.</summary>
    public double MinStake { get; set; } = 10_000;

    /// <summary>Accept registered callers below <see cref="MinStake"/>. Default false.</summary>
    public bool AcceptLowStake { get; set; }

    /// <summary>Accept every registered caller, as the reference miner really does. Default false.</summary>
    public bool AnyRegistered { get; set; }
}
