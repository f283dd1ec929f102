using Bittensor.Axon;
using Bittensor.Keys;
using ComputeMiner.Admission;
using ComputeMiner.Allocations;
using ComputeMiner.Challenges;
using ComputeMiner.Configuration;
using ComputeMiner.Containers;
using ComputeMiner.Presence;
using ComputeMiner.Registry;

namespace ComputeMiner.Dashboard;

/// <summary>Puts the status together from what the parts hold in memory; asks nobody and changes nothing.</summary>
sealed class StatusSource(
    MinerOptions options, Hotkey hotkey, AxonPipeline axon, AdmissionGate gate, MetagraphSource metagraphs, ChainFollower follower,
    Registration registration, AxonAnnouncer announcer, Allocator allocator, AllocationStartup startup,
    Func<IReadOnlyList<SafeguardState>> safeguards, Func<ChallengeSolver?> solver, RegistryLink registry, TimeProvider time)
{
    /// <summary>Parts beside those every miner has.</summary>
    public IReadOnlyList<Func<ComponentStatus>> More { get; init; } = [];

    /// <summary>Whether containers can be made at all now.</summary>
    public required Func<bool> EngineAnswers { get; init; }

    readonly DateTimeOffset _started = time.GetUtcNow();
    readonly ChainStatusSource _chain = new(hotkey, metagraphs, follower, announcer, time);

    public MinerStatus Read()
    {
        var now = time.GetUtcNow();
        var chain = _chain.Read();
        var snapshot = allocator.Current;
        var presence = announcer.Current;
        var run = registry.Publisher.Current;
        var delivers = snapshot.Ready && EngineAnswers();
        ComponentStatus[] components =
        [
            new("Delivery", delivers, snapshot.Ready && !delivers ? "Docker does not answer" : startup.Progress),
            ChainStatusSource.Metagraph(chain),
            new("Registration", registration.Holds, registration.Detail),
            new("Axon on chain", presence.Stage == AxonStage.Published, presence.Detail),
            new("Registry", run.Stage is RegistryStage.Published, run.Describe(now)),
            .. safeguards().Select(each => new ComponentStatus(each.Name, each.Ok, each.Detail)),
            .. solver() is { } working ? [new("Challenges", true, working.Current.ToString())] : Array.Empty<ComponentStatus>(),
            .. allocator.Gate is { } gpus ? [new("GPUs", gpus.Obstacle is null, gpus.Detail)] : Array.Empty<ComponentStatus>(),
            .. More.Select(read => read()),
        ];
        return new MinerStatus(
            ProductVersion.Text, _started, (now - _started).TotalSeconds, hotkey.ToString(), options.Netuid.Value, delivers && registration.Holds,
            components, chain, ReadRental(snapshot), ReadRequests(), ReadRefusals());
    }

    RentalStatus ReadRental(AllocationSnapshot snapshot) => snapshot.Allocation is { } held
        ? new RentalStatus(held.State.ToString(), held.Kind.ToString(), held.Id, held.Hotkey.ToString(),
            allocator.Clock.ToWall(held.Started), allocator.Clock.ToWall(held.Expires))
        {
            SecondsLeft = Math.Max(0, (held.Expires - allocator.Clock.Now).TotalSeconds),
        }
        : new RentalStatus(snapshot.State.ToString(), null, null, null, null, null);

    Dictionary<string, long> ReadRequests() =>
        axon.Statistics.Snapshot().ToDictionary(count => $"{(count.Route.Length == 0 ? "(none)" : count.Route)} {count.Outcome}", count => count.Count);

    RefusalStatus[] ReadRefusals() =>
        [.. gate.Refusals.Snapshot().Select(refusal => new RefusalStatus(refusal.Rule, refusal.Count, refusal.LastHotkey.ToString(), refusal.LastStake))];
}
