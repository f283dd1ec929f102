using System.Text.Json.Serialization;
using ComputeMiner.Admission;
using ComputeMiner.Diagnostics;
using ComputeMiner.Releases;
using ComputeMiner.Schedule;
using ComputeMiner.Updates;

namespace ComputeMiner.Dashboard;

/// <summary>What the running miner is doing, as <c>/status</c> gives it. Holds no secret and nothing that helps a stranger to one.</summary>
sealed record MinerStatus(
    string Version, DateTimeOffset StartedAt, double UptimeSeconds, string Hotkey, int Netuid, bool Ready, IReadOnlyList<ComponentStatus> Components,
    ChainStatus Chain, RentalStatus Rental, IReadOnlyDictionary<string, long> Requests, IReadOnlyList<RefusalStatus> Refusals)
{
    /// <summary>A miner's, of whatever version: fields are added over time, so that one that is missing further down is no fault.</summary>
    public bool IsWhole() => this is
    {
        Version: not null, Hotkey: not null, Components: not null, Chain: not null, Rental.State: not null, Requests: not null, Refusals: not null,
    };

    /// <summary>The operator wants nothing new handed out.</summary>
    public bool Draining { get; init; }

    /// <summary>The container kept ahead of the next renter: "ready", "none", or "off".</summary>
    public string? Spare { get; init; }

    /// <summary>What the miner needs before it serves, in order.</summary>
    public IReadOnlyList<StartupStep> Startup { get; init; } = [];

    /// <summary>What is done every so many blocks, and how it went last.</summary>
    public IReadOnlyList<JobStatus> Jobs { get; init; } = [];

    /// <summary>The validators' versions as they were counted last; null before the first count.</summary>
    public CensusResult? Validators { get; init; }

    /// <summary>How it stands with newer versions.</summary>
    public UpdateStatus? Updates { get; init; }

    /// <summary>The last lines of the log, the oldest first.</summary>
    public IReadOnlyList<RecentEvent> Events { get; init; } = [];
}

/// <summary>One part of the miner: whether it works, and what it says about itself.</summary>
sealed record ComponentStatus(string Name, bool Ok, string Detail);

/// <summary>Our place on chain. <c>MetagraphAgeSeconds</c> counts since the last good metagraph; null before the first.</summary>
sealed record ChainStatus(ulong? Block, double? MetagraphAgeSeconds, int Neurons, int? Uid, double? Stake, string? PublishedAxon, string AxonState);

/// <summary>Who holds the machine: free, or a rental or test with its state and end.</summary>
sealed record RentalStatus(string State, string? Kind, string? AllocationId, string? Caller, DateTimeOffset? Since, DateTimeOffset? Expires)
{
    /// <summary>Until its end.</summary>
    public double? SecondsLeft { get; init; }
}

/// <summary>How often an admission rule refused, and the last caller it refused with the stake seen.</summary>
sealed record RefusalStatus(string Rule, long Count, string? LastHotkey, double? LastStake);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(MinerStatus))]
[JsonSerializable(typeof(AdmissionExplanation))]
sealed partial class DashboardJson : JsonSerializerContext;
