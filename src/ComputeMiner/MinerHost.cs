using System.Net.Sockets;
using Bittensor.Axon;
using Bittensor.Keys;
using Bittensor.Subtensor;
using ComputeMiner.Admission;
using ComputeMiner.Allocations;
using ComputeMiner.Challenges;
using ComputeMiner.Configuration;
using ComputeMiner.Containers;
using ComputeMiner.Containers.Egress;
using ComputeMiner.Control;
using ComputeMiner.Dashboard;
using ComputeMiner.Diagnostics;
using ComputeMiner.Drill;
using ComputeMiner.Gpus;
using ComputeMiner.Notices;
using ComputeMiner.Presence;
using ComputeMiner.Registry;
using ComputeMiner.Releases;
using ComputeMiner.Schedule;
using ComputeMiner.Specs;
using ComputeMiner.Updates;

namespace ComputeMiner;

/// <summary>The composition root of <c>miner run</c>: reads top to bottom as the order in which the miner comes up.</summary>
static partial class MinerHost
{
    /// <summary>The reference miner's version this one is equivalent to (1.9.0), as the chain and the sealed credentials carry it.</summary>
    public const int SubnetVersion = 190;

    static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);

    /// <summary>Runs until <paramref name="stopped"/> fires, or a newer release is to be tried. Rented containers stay as they are.</summary>
    /// <param name="options">What the operator set.</param>
    /// <param name="hotkey">Who the miner is.</param>
    /// <param name="updates">Where newer versions come from, and what tests them.</param>
    /// <param name="loggers">Where it is told.</param>
    /// <param name="events">The last lines of that, for the status.</param>
    /// <param name="stopped">The operator's stop.</param>
    /// <returns>True when it ended to make room for a release.</returns>
    /// <exception cref="StartupException">Something the operator must mend first; the message says what and how.</exception>
    public static async Task<bool> RunAsync(
        MinerOptions options, Keypair hotkey, UpdateSite updates, ILoggerFactory loggers, RecentEvents events, CancellationToken stopped)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopped);
        var stop = end.Token;
        var time = TimeProvider.System;
        var logger = loggers.CreateLogger("ComputeMiner");
        var netuid = options.Netuid;
        Log.Starting(logger, netuid.Value, hotkey.Hotkey, options.StateDirectory);

        // Containers, and who holds the machine.
        var container = options.Container;
        container.Instance = MinerInstance.Of(hotkey.Hotkey);
        var drill = DrillOrder.OfProcess(options.StateDirectory);
        using var docker = new DockerEngine(container, time, loggers);
        await using var engine = new WarmContainers(drill is null ? docker : new CrossedEngine(docker, drill.Cross), container, loggers.CreateLogger<WarmContainers>());
        using var present = new EngineWatch(engine, time, loggers.CreateLogger<EngineWatch>());
        using var ledger = AllocationLedger.Open(options.StateDirectory, drill is null ? null : drill.Cross);
        ledger.Claim(container.Instance);
        var clock = new RentalClock(drill?.Shift(BootClock.OfMachine()) ?? BootClock.OfMachine(), time);
        var inventory = new GpuInventory();
        using var handOver = new GpuHandOver(
            () => container.Gpus, inventory.ReadAsync, new XidLog(options.StateDirectory).Watch, time, loggers.CreateLogger<GpuHandOver>());
        var drain = new DrainSwitch(options.StateDirectory);
        await using var allocator = new Allocator(engine, ledger, options.Allocation, container, clock, time, loggers.CreateLogger<Allocator>()) { Drain = drain };
        (allocator.Gate, allocator.EngineAnswers) = (UnreadGpus.Asking, () => present.Answers);
        allocator.Changed += handOver.Follow;
        var trial = Probation.Of(updates.Store);
        if (trial is not null)
            allocator.TryClose();
        allocator.Recall();
        var reconciler = new AllocationReconciler(engine, ledger, clock, loggers.CreateLogger<AllocationReconciler>());
        using var egress = new EgressWatch(docker, time);
        using var startup = new AllocationStartup(engine, allocator, reconciler, time, loggers.CreateLogger<AllocationStartup>());
        using var spares = new SpareKeeper(engine, allocator, options.Allocation, time);
        using var notices = new RentalNotices(
            engine, allocator, container, options.Allocation, options.StateDirectory, time, loggers.CreateLogger<RentalNotices>());
        allocator.Notices = notices.FilesForAsync;
        using var reach = new RentalReach(allocator, container.SshPort, time, loggers.CreateLogger<RentalReach>());
        using var expiry = new AllocationExpiry(allocator, reconciler, options.Allocation, time);

        // The chain, and our place on it.
        await using var chain = new SubtensorClient(options.Subtensor.ToClientOptions(), time, loggers.CreateLogger<SubtensorClient>());
        var metagraphs = new MetagraphSource();
        var registration = new Registration(metagraphs, hotkey.Hotkey);
        using var http = ExternalAddress.CreateHttpClient();
        var address = new PublishedAxon(
            options.Axon, SubnetVersion, new ExternalAddress(http, ExternalAddress.DefaultServices, time), loggers.CreateLogger<PublishedAxon>());
        var announcer = new AxonAnnouncer(chain, netuid, hotkey, address.WishAsync, metagraphs, loggers.CreateLogger<AxonAnnouncer>());
        var refresher = new MetagraphRefresher(chain, netuid, metagraphs, loggers.CreateLogger<MetagraphRefresher>());
        using var follower = new ChainFollower(chain, loggers.CreateLogger<ChainFollower>());

        // What validators read of us, and what they say of us.
        using var specs = SpecsSource.Open(
            SpecsProbes.Of(
                inventory, _ => allocator.Gate is UnreadGpus unread ? throw new GpuReadException(unread.Detail) : container.Gpus, engine, options.StateDirectory),
            options.StateDirectory,
            () => allocator.Current is not { Ready: true, Allocation: null }, time,
            loggers.CreateLogger<SpecsSource>());
        using var registry = new RegistryLink(
            options.Registry, RegistryKeySources.OfThisProcess(), options.StateDirectory, hotkey, Facts, metagraphs, time, loggers);
        allocator.Changed += _ => registry.Publisher.Touch();

        // Which versions validators and miners have.
        using var web = WebFile.CreateClient();
        var census = new ValidatorCensus(
            chain, netuid, metagraphs, new VersionFile(options.Census.VersionFile, options.StateDirectory, web, time), options.Census.Threshold,
            options.Admission.MinStake, SubnetVersion, time, loggers.CreateLogger<ValidatorCensus>());

        var gpusKnown = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var schedule = new BlockSchedule(
            MinerSchedule.Of(
                PlaceJobs.Of(refresher, announcer), BlockPhase.Of(hotkey.Hotkey), registry, allocator, specs, gpusKnown.Task, census, updates.Check, time), time,
            loggers.CreateLogger<BlockSchedule>());
        follower.HeadSeen += block => schedule.OnHead(block, stop);

        // The gate, and what is behind it.
        var gate = new AdmissionGate(AdmissionRules.From(options.Admission), metagraphs, time, loggers.CreateLogger<AdmissionGate>());
        using var hashcat = options.Challenge.Enabled
            ? new HashcatArrival(options.Challenge.HashcatPath, BeginSolving, time, loggers.CreateLogger<HashcatArrival>())
            : null;
        allocator.Changed += snapshot =>
        {
            if (snapshot.Allocation is not null)
                hashcat?.Solver?.Yield();
        };
        using var installer = new UpdateInstaller(
            updates, allocator, () => hashcat?.Solver?.Current is { RunId: not null } or { Waiting: > 0 }, end.Cancel, time, loggers.CreateLogger<UpdateInstaller>());
        using var probation = trial is null ? null : new Probation(
            updates.Store, trial, allocator, () => allocator.Current.Ready && metagraphs.Current is not null && follower.Head is not null, time,
            loggers.CreateLogger<Probation>());
        using var firstDay = new FirstDay(updates.Store, time, loggers.CreateLogger<FirstDay>());
        AxonEndpoint[] endpoints =
        [
            new AllocateEndpoint(allocator, () => registration.Holds, container.SshPort, SubnetVersion, loggers.CreateLogger<AllocateEndpoint>()),
            new ChallengeEndpoint(() => hashcat?.Solver, caller => gate.Priority(caller), loggers.CreateLogger<ChallengeEndpoint>()),
            .. options.Specs.Enabled ? [new SpecsEndpoint(() => specs.Current?.ToJsonString())] : Array.Empty<AxonEndpoint>(),
        ];
        await using var axon = new AxonServer(options.Axon.ToServerOptions(options.StateDirectory), hotkey.Hotkey, gate, endpoints, time, loggers);
        var status = new StatusSource(options, hotkey.Hotkey, axon.Pipeline, gate, metagraphs, follower, registration, announcer, allocator, startup,
            () => docker.Safeguards, () => hashcat?.Solver, registry, time)
        {
            EngineAnswers = () => present.Answers,
            More = [() => new ComponentStatus("Renter's SSH", !reach.IsLost, reach.Detail), () => new ComponentStatus("Versions", !census.IsOutdated, census.Detail), () => new ComponentStatus("Updates", !installer.IsTroubled, installer.State)],
        };
        using var order = new StartupOrder(options, hotkey.Hotkey, metagraphs, follower, registration, allocator, startup, registry, present, time) { Hashcat = hashcat };
        var shown = () => status.Read() with { Startup = order.Read(), Draining = drain.IsOn, Spare = Spare(container, engine), Jobs = schedule.Jobs, Validators = census.Last,
            Updates = UpdateStatus.Of(options.Update, updates.Store.State, installer.State), Events = events.Snapshot() };
        await using var admin = new AdminServer(options.Admin.Address, shown, gate.Explain, loggers.CreateLogger<AdminServer>());

        var control = new OperatorControl(allocator, drain, loggers.CreateLogger<OperatorControl>()) { Install = installer.Ask };
        using var word = new ControlSocket(options.StateDirectory, control.AnswerAsync, time, loggers.CreateLogger<ControlSocket>());
        word.Listen();

        await ListenAsync("--axon.port", axon.StartAsync, stop);
        updates.Store.NoteListening(time.GetUtcNow());
        await ListenAsync("--admin.address", admin.StartAsync, stop);

        // From here on a ping is answered, and a check as soon as the chain is read; nothing can be handed out, however long the driver and the
        // engine take.
        var arriving = NeedAsync(present.WaitAsync(stop));
        var choosing = ChooseGpusAsync(options, inventory, logger, stop);
        using var settled = new LateServices(SettleAsync, StopPatience);
        using var late = new LateServices(DeliverAsync, StopPatience);
        BackgroundService?[] services = [order, late, settled, follower, word, firstDay];
        await new ServiceWatch([.. services.OfType<BackgroundService>()], StopPatience).RunAsync(() => Log.Stopping(logger), stop);
        if (installer.IsHandedOver)
            updates.Store.NoteStopping(time.GetUtcNow());
        using var patience = new CancellationTokenSource(StopPatience);
        await axon.StopAsync(patience.Token);
        Log.Stopped(logger);
        return installer.IsHandedOver;

        // What needs to know what is handed out.
        async Task<IReadOnlyList<BackgroundService>> SettleAsync(CancellationToken cancellation)
        {
            (container.Gpus, var unread) = await choosing.WaitAsync(cancellation);
            allocator.Gate = container.Gpus.Count > 0 ? handOver : unread;
            if (hashcat is not null && container.Gpus.Count > 0)
                allocator.Gate = new OwnWorkGate(hashcat.YieldAsync, () => hashcat.Solver?.Obstacle, handOver);
            gpusKnown.SetResult();
            BackgroundService?[] knowing = [hashcat, registry.Publisher, installer, probation];
            return [.. knowing.OfType<BackgroundService>()];
        }

        async Task<IReadOnlyList<BackgroundService>> DeliverAsync(CancellationToken cancellation)
        {
            await arriving.WaitAsync(cancellation);
            await gpusKnown.Task.WaitAsync(cancellation);
            BackgroundService?[] delivering =
                [present, egress, startup, expiry, reach, notices, container.Gpus.Count > 0 ? handOver : null, container.Spare ? spares : null];
            return [.. delivering.OfType<BackgroundService>()];
        }

        // What works on challenges while nobody has the machine. They hold at most half of the axon's workers, whatever happens: checks and
        // rentals go on.
        ChallengeSolver BeginSolving(HashcatProgram program) => new(
            new Hashcat(options.Challenge, HashcatDirectory.Open(options.StateDirectory), container.Gpus, time), program, () => allocator.IsFree,
            Math.Max(0, options.Axon.MaxWorkers / 2 - 1), time, loggers.CreateLogger<ChallengeSolver>(), stop);

        RegistryFacts Facts()
        {
            var isRestored = allocator.IsRestored;
            var snapshot = allocator.Current;
            return new(netuid.Value, container.SshPort, SubnetVersion, specs.Current, AllocatedTo(snapshot)) { IsHolderKnown = isRestored || snapshot.Allocation is not null };
        }
    }

    /// <summary>Whom validators are to see as having this machine. A test is nobody's rental; neither is what nobody can log in to yet.</summary>
    static string? AllocatedTo(AllocationSnapshot snapshot) => snapshot.Allocation is { Kind: AllocationKind.Rental } held
        && held.State is AllocationState.Running or AllocationState.Paused or AllocationState.Failed
            ? held.Hotkey.ToString()
            : null;

    static string Spare(ContainerOptions container, WarmContainers engine) => !container.Spare ? "off" : engine.IsReady ? "ready" : "none";

    // A driver that does not answer stops no start: a rental may be running, and its owner must be able to reach us.
    static async Task<(IReadOnlyList<string> Gpus, UnreadGpus? Unread)> ChooseGpusAsync(
        MinerOptions options, GpuInventory inventory, ILogger logger, CancellationToken stop)
    {
        var selection = options.Container.GpuSelection;
        try
        {
            var chosen = GpuRoster.Settle(options.StateDirectory, selection, await inventory.ReadAsync(stop));
            Log.Gpus(logger, chosen.Count, string.Join(", ", chosen));
            return (chosen, null);
        }
        catch (GpuReadException fault)
        {
            Log.GpusUnread(logger, fault.Message);
            return (GpuRoster.TryRead(options.StateDirectory, selection) ?? [], selection == GpuSelection.None ? null : new UnreadGpus(fault.Message));
        }
        catch (Exception fault) when (fault is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new StartupException(fault.Message, fault);
        }
    }

    // Once the miner runs, the same fault would be the program's own.
    static async Task<T> NeedAsync<T>(Task<T> start)
    {
        try
        {
            return await start;
        }
        catch (ContainerEngineException fault)
        {
            throw new StartupException(fault.Message, fault);
        }
    }

    static async Task ListenAsync(string flag, Func<CancellationToken, Task> start, CancellationToken stop)
    {
        try
        {
            await start(stop);
        }
        catch (IOException fault)
        {
            throw new StartupException($"{fault.Message.TrimEnd('.')}. Free the port or choose another one with {flag}.", fault);
        }
        catch (SocketException fault)
        {
            throw new StartupException($"Cannot listen there: {fault.Message.TrimEnd('.')}. Choose an address and port of this machine with {flag}.", fault);
        }
    }

    static partial class Log
    {
        [LoggerMessage(6001, LogLevel.Information, "Starting on subnet {Netuid} as {Hotkey}, state in {StateDirectory}")]
        public static partial void Starting(ILogger logger, ushort netuid, Hotkey hotkey, string stateDirectory);

        [LoggerMessage(6400, LogLevel.Information, "GPUs that are handed out: {Count} {Uuids}")]
        public static partial void Gpus(ILogger logger, int count, string uuids);

        [LoggerMessage(6401, LogLevel.Error, "The GPUs cannot be read: {Reason}")]
        public static partial void GpusUnread(ILogger logger, string reason);

        [LoggerMessage(6003, LogLevel.Information, "Stopping; a rented container goes on")]
        public static partial void Stopping(ILogger logger);

        [LoggerMessage(6004, LogLevel.Information, "Stopped")]
        public static partial void Stopped(ILogger logger);
    }
}
