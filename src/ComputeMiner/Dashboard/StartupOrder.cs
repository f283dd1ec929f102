using Bittensor.Keys;
using ComputeMiner.Admission;
using ComputeMiner.Allocations;
using ComputeMiner.Challenges;
using ComputeMiner.Configuration;
using ComputeMiner.Containers;
using ComputeMiner.Presence;
using ComputeMiner.Registry;

namespace ComputeMiner.Dashboard;

/// <summary>
/// How far the miner has come up. It is read off the parts themselves, so that it is as true an hour later: a step that is undone shows
/// as undone, with since when. None of them keeps the axon from answering pings and checks.
/// </summary>
sealed class StartupOrder(
    MinerOptions options, Hotkey hotkey, MetagraphSource metagraphs, ChainFollower follower, Registration registration, Allocator allocator,
    AllocationStartup startup, RegistryLink registry, EngineWatch docker, TimeProvider time)
    : BackgroundService
{
    /// <summary>What answers challenges; null where that is off.</summary>
    public HashcatArrival? Hashcat { get; init; }

    // Since when a step is waited for is known also where nobody asks.
    static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    readonly WaitingSince _since = new(time);

    public IReadOnlyList<StartupStep> Read() => _since.Mark(ReadSteps());

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        do
            Read();
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    IReadOnlyList<StartupStep> ReadSteps()
    {
        var snapshot = allocator.Current;
        var run = registry.Publisher.Current;
        var lists = options.Admission;
        return
        [
            new("configuration", true, $"subnet {options.Netuid.Value}, state in {options.StateDirectory}"),
            new("logging", true, options.Logging.Format.ToString().ToLowerInvariant()),
            new("wallet", true, hotkey.ToString()),
            follower.Head is { } head
                ? new("chain", true, $"block {head.Number}")
                : new("chain", false, "no connection yet", "see the log for the reason; another node is named with --subtensor.chain_endpoint"),
            metagraphs.Current is { } metagraph
                ? time.GetUtcNow() - metagraph.FetchedAt <= ChainStatusSource.StaleAfter
                    ? new("metagraph", true, $"{metagraph.Neurons.Length} neurons at block {metagraph.Block}")
                    : new("metagraph", false, $"not read since block {metagraph.Block}; that one serves", "see the log for what the chain's nodes answer")
                : new("metagraph", false, "not read yet", "it follows the chain; see that --netuid is right"),
            new("docker", docker.Answers, docker.Detail, docker.Answers ? null : docker.Remedy),
            snapshot.Ready
                ? new("image", true, $"its container printed {DockerProfile.ProbeWord}")
                : new("image", false, startup.Progress, "miner doctor tells what Docker lacks"),
            allocator.Gate is not { } gate
                ? new("gpus", true, "none handed out")
                : new("gpus", gate.Obstacle is null, gate.Detail, gate.Obstacle is null ? null : gate is UnreadGpus unread ? unread.Remedy : "it is looked at again by itself; miner gpus shows more"),
            .. Hashcat is { } hashcat
                ? [new("hashcat", hashcat.Solver is not null, hashcat.Detail, hashcat.Solver is null ? HashcatArrival.Remedy : null)]
                : Array.Empty<StartupStep>(),
            new("lists", true, $"{lists.BlacklistHotkeys.Length + lists.BlacklistColdkeys.Length} refused, {lists.WhitelistHotkeys.Length + lists.WhitelistColdkeys.Length} trusted beside the built-in ones"),
            new("axon", true, $"listening on port {options.Axon.Port}"),
            new("registry", run.Stage is RegistryStage.Published || options.Registry.Kind == RegistryKind.Off, run.Detail, RemedyOf(run.Stage)),
            startup.IsRestored
                ? new("allocations", true, "ledger and containers agree")
                : new("allocations", false, docker.Info is null ? "waiting for Docker" : startup.Progress, "miner doctor looks at Docker and the state directory"),
            ReadServing(snapshot),
        ];
    }

    static StartupStep Held => new("serving", false, "nothing can be handed out before the steps above are done", "see the first of them that is not");

    StartupStep ReadServing(AllocationSnapshot snapshot) => (registration.Holds, snapshot.Ready) switch
    {
        (false, _) => new("serving", false, $"no place on the subnet: {registration.Detail}", "miner register puts the hotkey on the subnet"),
        (_, false) => Held,
        _ when snapshot.Allocation is null && (!docker.Answers || allocator.Gate is { Obstacle: not null }) => Held,
        _ => new("serving", true, snapshot.State.ToString()),
    };

    static string? RemedyOf(RegistryStage stage) => stage switch
    {
        RegistryStage.Unauthorised => "put your account's key into .env or ~/.netrc, where it is found without a restart, or into WANDB_API_KEY",
        RegistryStage.NoPermission => "ask the subnet for access of your account to its project, or use another account's key",
        RegistryStage.Retrying => "it is tried again by itself; validators see what was published last",
        _ => null,
    };
}
