using Bittensor.Subtensor;
using ComputeMiner.Admission;
using ComputeMiner.Allocations;
using ComputeMiner.Challenges;
using ComputeMiner.Containers;
using ComputeMiner.Diagnostics;
using ComputeMiner.Presence;
using ComputeMiner.Registry;
using ComputeMiner.Releases;
using ComputeMiner.Specs;
using ComputeMiner.Updates;

namespace ComputeMiner.Configuration;

/// <summary>Everything an operator can set, one part per capability. What feeds it is in <see cref="SettingTable"/>.</summary>
sealed class MinerOptions
{
    /// <summary>The subnet. Default 27.</summary>
    public Netuid Netuid { get; set; } = new(27);

    /// <summary>Directory of the ledger and other durable state. Default: <see cref="HomePath.StateDirectory"/>.</summary>
    public string StateDirectory { get; set; } = HomePath.StateDirectory;

    /// <summary>The file these settings may come from. Default: none.</summary>
    public string? ConfigFile { get; set; }

    /// <summary>Refuse what the reference would ignore. Default false.</summary>
    public bool Strict { get; set; }

    public AxonSettings Axon { get; } = new();

    public WalletSettings Wallet { get; } = new();

    public SubtensorSettings Subtensor { get; } = new();

    public ContainerOptions Container { get; } = new();

    public AllocationOptions Allocation { get; } = new();

    public AdmissionSettings Admission { get; } = new();

    public ChallengeSettings Challenge { get; } = new();

    public SpecsSettings Specs { get; } = new();

    public RegistrySettings Registry { get; } = new();

    public AdminSettings Admin { get; } = new();

    public LoggingSettings Logging { get; } = new();

    public CensusSettings Census { get; } = new();

    public UpdateSettings Update { get; } = new();
}
