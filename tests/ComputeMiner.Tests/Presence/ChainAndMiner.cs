using System.Net;
using Bittensor.Keys;
using Bittensor.Subtensor;
using ComputeMiner.Admission;
using ComputeMiner.Presence;
using DevNet;
using Microsoft.Extensions.Logging;

namespace ComputeMiner.Tests.Presence;

/// <summary>A dev chain whose blocks the test makes, and the miner's side of it with a wish the test sets.</summary>
sealed class ChainAndMiner : IAsyncDisposable
{
    public static readonly Netuid Netuid = new(27);

    readonly CancellationTokenSource _patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    ChainAndMiner(DevChain chain)
    {
        _patience.CancelAfter(TimeSpan.FromSeconds(60));
        Chain = chain;
        Client = new SubtensorClient(
            new SubtensorOptions { Endpoints = [chain.Endpoint], OfflineTimeout = TimeSpan.FromSeconds(5) }, TimeProvider.System,
            Logs.CreateLogger<SubtensorClient>());
        Announcer = new AxonAnnouncer(Client, Netuid, Hotkey, _ => WishAsync(), Metagraphs, Logs.CreateLogger<AxonAnnouncer>());
        Refresher = new MetagraphRefresher(Client, Netuid, Metagraphs, Logs.CreateLogger<MetagraphRefresher>());
        Registration = new Registration(Metagraphs, Hotkey.Hotkey);
    }

    public DevChain Chain { get; }

    public SubtensorClient Client { get; }

    public Keypair Hotkey { get; } = Keypair.FromUri("//Miner");

    public MetagraphSource Metagraphs { get; } = new();

    public RecordedLogs Logs { get; } = new();

    public AxonAnnouncer Announcer { get; }

    public MetagraphRefresher Refresher { get; }

    public Registration Registration { get; }

    public Func<Task<ServeAxonCall>> WishAsync { get; set; } = () => Task.FromResult(Wish());

    public AxonPresence Presence => Announcer.Current;

    public CancellationToken Patience => _patience.Token;

    public static async Task<ChainAndMiner> StartAsync(DevChainOptions? options = null) => new(await DevChain.StartAsync(options ?? new DevChainOptions()));

    public static ServeAxonCall Wish(string ip = "203.0.113.10", ushort port = 8091, uint version = 190) => new(version, IPAddress.Parse(ip), port);

    public void Want(ServeAxonCall wish) => WishAsync = () => Task.FromResult(wish);

    public void Register() => Chain.RegisterNeuron(Netuid, Hotkey.Hotkey, new Coldkey(DevAccounts.Alice));

    /// <summary>Has another hotkey take the place; the subnet must have room for one only.</summary>
    public void Replace(string by)
    {
        using var other = Keypair.FromUri(by);
        Chain.RegisterNeuron(Netuid, other.Hotkey, new Coldkey(DevAccounts.Bob));
    }

    public Task<AxonInfo?> ReadAxonAsync() => Client.GetAxonAsync(Netuid, Hotkey.Hotkey, Patience);

    /// <summary>Tells the announcer of the newest head, and makes blocks until it is done.</summary>
    public Task LookAsync() => MakingBlocksAsync(Announcer.OnHeadAsync(Chain.BlockNumber, Patience));

    /// <summary>The same without a block being made.</summary>
    public Task LookNowAsync() => Announcer.OnHeadAsync(Chain.BlockNumber, Patience);

    public Task ProduceToAsync(ulong block) => Chain.ProduceBlocksAsync((int)(block - Chain.BlockNumber));

    public async Task MakingBlocksAsync(Task work)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(30));
        while (!work.IsCompleted && await timer.WaitForNextTickAsync(Patience))
            await Chain.ProduceBlockAsync();
        await work;
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Chain.DisposeAsync();
        Hotkey.Dispose();
        _patience.Dispose();
    }
}
