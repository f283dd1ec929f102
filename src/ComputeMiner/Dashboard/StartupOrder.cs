using Bittensor.Keys;
using ComputeMiner.Admission;
using ComputeMiner.Allocations;
using ComputeMiner.Configuration;
using ComputeMiner.Containers;
using ComputeMiner.Presence;
using ComputeMiner.Registry;

namespace ComputeMiner.Dashboard;

/// <summary>
/// How far the miner has come up. It is read off the parts themselves, so that it is as true an hour later: a step that is undone shows
/// as undone. None of them keeps the axon from answering pings and checks.
/// </summary>
sealed class StartupOrder(
    MinerOptions options, Hotkey hotkey, MetagraphSource metagraphs, ChainFollower follower, Registration registration, Allocator allocator,
    AllocationStartup startup, RegistryLink registry, EngineInfo docker)
{
    public IReadOnlyList<StartupStep> Read()
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
                ? new("metagraph", true, $"{metagraph.Neurons.Length} neurons at block {metagraph.Block}")
                : new("metagraph", false, "not read yet", "it follows the chain; see that --netuid is right"),
            new("docker", true, $"Docker {docker.Version}, {docker.Cpus} CPUs"),
            snapshot.Ready
                ? new("image", true, $"its container printed {DockerProfile.ProbeWord}")
                : new("image", false, startup.Progress, "miner doctor tells what Docker lacks"),
            allocator.Gate is not { } gate
                ? new("gpus", true, "none handed out")
                : new("gpus", gate.Obstacle is null, gate.Detail, gate.Obstacle is null ? null : gate is UnreadGpus ? UnreadGpus.Remedy : "it is looked at again by itself; miner gpus shows more"),
            new("lists", true, $"{lists.BlacklistHotkeys.Length + lists.BlacklistColdkeys.Length} refused, {lists.WhitelistHotkeys.Length + lists.WhitelistColdkeys.Length} trusted beside the built-in ones"),
            new("axon", true, $"listening on port {options.Axon.Port}"),
            new("registry", run.Stage is RegistryStage.Published || options.Registry.Kind == RegistryKind.Off, run.Detail),
            new("allocations", startup.IsRestored, startup.IsRestored ? "ledger and containers agree" : "being compared"),
            registration.Holds && snapshot.Ready
                ? new("serving", true, snapshot.State.ToString())
                : new("serving", false, registration.Detail, registration.Holds ? null : "miner register puts the hotkey on the subnet"),
        ];
    }
}
