using System.Net;
using Bittensor.Keys;
using Bittensor.Subtensor;
using ComputeMiner.Admission;
using ComputeMiner.Presence;
using ComputeMiner.Schedule;
using DevNet;
using DevNet.Tests.Faults;
using Microsoft.Extensions.Logging;

namespace ComputeMiner.Tests.Presence;

/// <summary>The parts that keep the miner's place, as <c>run</c> puts them together, before a chain whose blocks and faults the test makes.</summary>
sealed class PlaceScene : IAsyncDisposable
{
    public const int FrameLimit = 1024 * 1024;

    static readonly Netuid Netuid = new(27);

    readonly CancellationTokenSource _patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    readonly Keypair _hotkey = Keypair.FromUri("//Miner");
    readonly SubtensorClient _client;

    PlaceScene(DevRuntime runtime, DevChain chain, bool isVirtual)
    {
        _patience.CancelAfter(TimeSpan.FromSeconds(150));
        (Runtime, Chain) = (runtime, chain);
        Options = new SubtensorOptions { Endpoints = [chain.Endpoint], ExpectedGenesis = chain.GenesisHash, MaximumMessageBytes = FrameLimit };
        if (isVirtual)
        {
            Clock = new VirtualClock(Options);
        }
        else
        {
            // Where no time must pass, a busy machine must not look like a silent node.
            Options.RequestTimeout = TimeSpan.FromSeconds(20);
            Options.FirstBackoff = TimeSpan.FromMilliseconds(10);
            Options.LongestBackoff = TimeSpan.FromMilliseconds(100);
        }
        _client = new SubtensorClient(Options, Clock ?? TimeProvider.System, Logs.CreateLogger<SubtensorClient>());
        Announcer = new AxonAnnouncer(_client, Netuid, _hotkey, _ => Task.FromResult(Place), Metagraphs, Logs.CreateLogger<AxonAnnouncer>());
        var refresher = new MetagraphRefresher(_client, Netuid, Metagraphs, Logs.CreateLogger<MetagraphRefresher>());
        Follower = new ChainFollower(_client, Logs.CreateLogger<ChainFollower>());
        var schedule = new BlockSchedule([PlaceJobs.Of(refresher, Announcer)], Clock ?? TimeProvider.System, Logs.CreateLogger<BlockSchedule>());
        Follower.HeadSeen += block => schedule.OnHead(block, _patience.Token);
    }

    public DevRuntime Runtime { get; }

    public DevChain Chain { get; }

    public SubtensorOptions Options { get; }

    /// <summary>The miner's time; null where it is the machine's.</summary>
    public VirtualClock? Clock { get; }

    public ChainFollower Follower { get; }

    public Hotkey Hotkey => _hotkey.Hotkey;

    public MetagraphSource Metagraphs { get; } = new();

    public AxonAnnouncer Announcer { get; }

    public RecordedLogs Logs { get; } = new();

    /// <summary>The log.</summary>
    public string Told => string.Join('\n', Logs.Lines.Select(line => $"{line.Id} {line.Text}"));

    public CancellationToken Patience => _patience.Token;

    /// <summary>What the chain should say of the miner.</summary>
    public ServeAxonCall Place { get; } = new(190, IPAddress.Parse("203.0.113.10"), 8091);

    /// <summary>A registered miner; its entry is on chain (settled), or signed and in the pool for the first time (serving).</summary>
    /// <param name="runtime">The chain's.</param>
    /// <param name="isSettled">Whether the entry is on chain.</param>
    /// <param name="isVirtual">True for the miner's own settings on a <see cref="VirtualClock"/>; false for short pauses in real time.</param>
    public static async Task<PlaceScene> OpenAsync(DevRuntime runtime, bool isSettled, bool isVirtual = false)
    {
        var (scene, chain) = await StartAsync(runtime, isVirtual);
        scene.Register();
        await chain.ProduceBlocksAsync(2);
        await scene.Follower.StartAsync(scene.Patience);
        await chain.WhenPooledAsync().WaitAsync(scene.Patience);
        if (!isSettled)
            return scene;
        await chain.ProduceBlockAsync();
        await scene.UntilAsync(scene.IsInPlace);
        return scene;
    }

    /// <summary>A miner, on a virtual clock, that knows that it is not registered.</summary>
    public static async Task<PlaceScene> OpenUnregisteredAsync(DevRuntime runtime)
    {
        var (scene, chain) = await StartAsync(runtime, isVirtual: true);
        await chain.ProduceBlocksAsync(2);
        await scene.Follower.StartAsync(scene.Patience);
        await scene.UntilAsync(() => scene.Announcer.Current.Stage == AxonStage.NotRegistered);
        return scene;
    }

    public void Register() => Chain.RegisterNeuron(Netuid, _hotkey.Hotkey, new(DevAccounts.Alice));

    public bool IsInPlace() =>
        Announcer.Current is { Stage: AxonStage.Published } presence && Place.Matches(presence.Published)
        && Metagraphs.Current is { } metagraph && metagraph.Block == Chain.BlockNumber
        && metagraph.TryGetNeuron(_hotkey.Hotkey, out var self) && Place.Matches(self.Axon);

    /// <summary>
    /// The node is well again. Its next block is the first the miner sees of it; what the miner signs at that one is in the block after
    /// it, and by then everything is right.
    /// </summary>
    public async Task AssertInPlaceAsync()
    {
        await Chain.ProduceBlockAsync();
        await Task.WhenAny(UntilAsync(IsInPlace), Chain.WhenPooledAsync()).Unwrap();
        if (!IsInPlace())
            await Chain.ProduceBlockAsync();
        await UntilAsync(IsInPlace);

        await using var witness = new SubtensorClient(
            new SubtensorOptions { Endpoints = [Chain.Endpoint] }, TimeProvider.System, Logs.CreateLogger<SubtensorClient>());
        var axon = await witness.GetAxonAsync(Netuid, _hotkey.Hotkey, Patience);
        Assert.Equal((Place.Ip, Place.Port, Place.Version, Place.IpType), (axon!.Ip, axon.Port, axon.Version, axon.IpType));
        Assert.Equal(Metagraphs.Current!.Neurons[0].Axon, axon);
        Assert.False(Follower.ExecuteTask!.IsCompleted);
    }

    /// <summary>Lets the miner's time pass while the node is as it is.</summary>
    public Task PassAsync(TimeSpan span)
    {
        var end = Clock!.GetUtcNow() + span;
        return UntilAsync(() => Clock.GetUtcNow() >= end, end);
    }

    /// <summary>Waits; a virtual clock goes on whenever the miner waits for nothing but time.</summary>
    public async Task UntilAsync(Func<bool> isTrue, DateTimeOffset? end = null)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        try
        {
            while (!isTrue())
            {
                Clock?.PassIfStuck(Chain.Faults.Requests, end);
                await timer.WaitForNextTickAsync(Patience);
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{Clock} {Chain.Faults.Requests} Block {Chain.BlockNumber}, metagraph of {Metagraphs.Current?.Block}, {Announcer.Current}\n{Told}");
        }
    }

    static async Task<(PlaceScene Scene, DevChain Chain)> StartAsync(DevRuntime runtime, bool isVirtual)
    {
        var chain = await DevChain.StartAsync(new DevChainOptions { Runtime = runtime, ServingRateLimit = 0 }, TestContext.Current.CancellationToken);
        return (new PlaceScene(runtime, chain, isVirtual), chain);
    }

    public async ValueTask DisposeAsync()
    {
        await Follower.StopAsync(CancellationToken.None);
        Follower.Dispose();
        await _client.DisposeAsync();
        await Chain.DisposeAsync();
        _hotkey.Dispose();
        _patience.Dispose();
    }
}
