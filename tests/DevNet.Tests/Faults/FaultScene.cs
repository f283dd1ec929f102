using System.Net;
using Bittensor.Keys;
using Bittensor.Substrate;
using Bittensor.Subtensor;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevNet.Tests.Faults;

/// <summary>A chain, a miner with its place on it, and the miner's client. Blocks are made by hand.</summary>
public sealed class FaultScene : IAsyncDisposable
{
    public static readonly Netuid Compute = new(27);

    readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(60));

    FaultScene(DevRuntime runtime, DevChain chain, SubtensorOptions options, bool isVirtual)
    {
        (Runtime, Chain, Options) = (runtime, chain, options);
        Clock = isVirtual ? new VirtualClock(options) : null;
        Client = new SubtensorClient(options, Clock ?? TimeProvider.System, NullLogger<SubtensorClient>.Instance);
    }

    /// <summary>The runtime at the start.</summary>
    public DevRuntime Runtime { get; }

    public DevChain Chain { get; }

    public SubtensorOptions Options { get; }

    public SubtensorClient Client { get; }

    /// <summary>The client's time; null where it is the machine's.</summary>
    internal VirtualClock? Clock { get; }

    public Keypair Miner { get; } = Keypair.FromUri("//Miner");

    public CancellationToken Patience => _patience.Token;

    /// <summary>What the chain should know of the miner's axon.</summary>
    public ServeAxonCall Place { get; private set; } = new(190, IPAddress.Parse("203.0.113.10"), 8091);

    /// <summary>Starts a chain and serves the miner's axon on it.</summary>
    /// <param name="runtime">The chain's.</param>
    /// <param name="adjust">Changes the client's settings.</param>
    /// <param name="isVirtual">True for the client's own settings on a <see cref="VirtualClock"/>; false for short pauses in real time.</param>
    public static async Task<FaultScene> OpenAsync(DevRuntime runtime, Action<SubtensorOptions>? adjust = null, bool isVirtual = false)
    {
        var chain = await DevChain.StartAsync(new DevChainOptions { Runtime = runtime, ServingRateLimit = 0 });
        var options = new SubtensorOptions
        {
            Endpoints = [chain.Endpoint],
            ExpectedGenesis = chain.GenesisHash,
            MetagraphParts = MetagraphParts.Usual | MetagraphParts.Axons | MetagraphParts.Coldkeys,
        };
        if (!isVirtual)
        {
            options.FirstBackoff = TimeSpan.FromMilliseconds(10);
            options.LongestBackoff = TimeSpan.FromMilliseconds(100);
        }
        adjust?.Invoke(options);
        var scene = new FaultScene(runtime, chain, options, isVirtual);
        chain.Change(changes =>
        {
            changes.RegisterNeuron(Compute, new Hotkey(DevAccounts.Bob), new Coldkey(DevAccounts.Alice));
            changes.SetStake(Compute, new Hotkey(DevAccounts.Bob), 12_000_000_000_000);
            changes.SetValidatorPermit(Compute, new Hotkey(DevAccounts.Bob));
            changes.RegisterNeuron(Compute, scene.Miner.Hotkey, new Coldkey(DevAccounts.Alice));
        });
        await chain.ProduceBlocksAsync(2);
        await scene.ServeAsync();
        return scene;
    }

    /// <summary>Another port from now on; the chain is told by <see cref="SubmitAsync"/>.</summary>
    public void Move() => Place = Place with { Port = (ushort)(Place.Port + 1) };

    /// <summary>Submits the place and waits until the pool has it, or the client gave up.</summary>
    public async Task<Task<ExtrinsicReceipt>> SubmitAsync()
    {
        var serving = Client.ServeAxonAsync(Compute, Place, Miner, Patience);
        await Task.WhenAny(serving, Chain.WhenPooledAsync());
        return serving;
    }

    /// <summary>Serves the place, in the next block.</summary>
    public async Task<ExtrinsicReceipt> ServeAsync()
    {
        var serving = await SubmitAsync();
        await Chain.ProduceBlockAsync();
        return await (Options.WaitForFinalization ? FinaliseAsync(serving) : serving);
    }

    /// <summary>Waits; a virtual clock goes on whenever the client waits for nothing but time.</summary>
    public async Task<T> PassingTimeAsync<T>(Task<T> work)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!work.IsCompleted)
        {
            Clock?.PassIfStuck(Chain.Faults.Requests);
            await timer.WaitForNextTickAsync(Patience);
        }
        return await work;
    }

    /// <summary>Makes the block that makes the block of the transaction final.</summary>
    public async Task<ExtrinsicReceipt> FinaliseAsync(Task<ExtrinsicReceipt> serving)
    {
        await Chain.ProduceBlocksAsync(2);
        return await serving;
    }

    /// <summary>
    /// Makes the one block that the miner has time for after the node's return, and demands that everything is right in it: head, axon
    /// entry, metagraph.
    /// </summary>
    public async Task AssertInPlaceAsync()
    {
        await Chain.ProduceBlockAsync();
        var number = Chain.BlockNumber;
        var returned = Clock?.GetUtcNow();
        var (axon, metagraph) = await PassingTimeAsync(ReadAsync(number));
        if (Clock is not null)
            Assert.InRange(Clock.GetUtcNow() - returned!.Value, TimeSpan.Zero, TimeSpan.FromSeconds(12));

        Assert.NotNull(axon);
        Assert.Equal((Place.Ip, Place.Port, Place.Version), (axon.Ip, axon.Port, axon.Version));
        Assert.Equal(number, metagraph.Block);
        Assert.True(metagraph.TryGetNeuron(Miner.Hotkey, out var neuron));
        Assert.Equal((axon, new Coldkey(DevAccounts.Alice)), (neuron.Axon, neuron.Coldkey));
        Assert.True(metagraph.TryGetNeuron(new Hotkey(DevAccounts.Bob), out var validator));
        Assert.Equal((12_000.0, true), (validator.Stake, validator.ValidatorPermit));
    }

    async Task<(AxonInfo? Axon, Metagraph Metagraph)> ReadAsync(ulong number)
    {
        await foreach (var head in Client.HeadsAsync(Patience))
        {
            if (head.Number >= number)
                break;
        }
        return (await Client.GetAxonAsync(Compute, Miner.Hotkey, Patience), await Client.GetMetagraphAsync(Compute, Patience));
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Chain.DisposeAsync();
        Miner.Dispose();
        _patience.Dispose();
    }
}
