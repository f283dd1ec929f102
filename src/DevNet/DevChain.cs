using Bittensor.Keys;
using Bittensor.Substrate;
using Bittensor.Subtensor;
using DevNet.Blocks;
using DevNet.Rpc;
using DevNet.Runtime;
using DevNet.Saved;

namespace DevNet;

/// <summary>
/// A Subtensor chain in memory that answers over a real WebSocket: own metadata, real storage keys and values, signed extrinsics checked
/// as the real runtime checks them. Set-up methods make one block each, so that their effect is in the head when they return.
/// </summary>
public sealed class DevChain : IAsyncDisposable
{
    readonly Chain _chain;
    readonly RpcDispatcher _dispatcher;
    readonly CancellationTokenSource _stopping = new();
    readonly Task _producing;
    RpcServer? _server;

    DevChain(Chain chain, WireFaults faults, RpcDispatcher dispatcher, RpcServer server, DevChainOptions options)
    {
        (_chain, _dispatcher, _server, Endpoint) = (chain, dispatcher, server, server.Endpoint);
        Faults = new DevChainFaults(chain, faults);
        _producing = options.BlockTime is { } period ? ProduceAsync(period, options.Time) : Task.CompletedTask;
    }

    /// <summary>Where the chain listens, e.g. <c>ws://127.0.0.1:9944/</c>.</summary>
    public Uri Endpoint { get; }

    /// <summary>What can go wrong, on demand.</summary>
    public DevChainFaults Faults { get; }

    /// <summary>The hash of block 0, which tells chains apart.</summary>
    public BlockHash GenesisHash => new(_chain.GenesisBlock.Hash);

    /// <summary>The number of the best block.</summary>
    public uint BlockNumber
    {
        get
        {
            lock (_chain.Gate)
                return _chain.Head.Number;
        }
    }

    /// <summary>
    /// Told of what each request asks for, in the chain's names: <c>storage Pallet.Item</c>, <c>call Api_method</c>, <c>rpc method</c>. Called
    /// while the request is answered.
    /// </summary>
    public event Action<string> Asked
    {
        add => _dispatcher.Asked += value;
        remove => _dispatcher.Asked -= value;
    }

    /// <summary>Starts the chain and its server.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    /// <exception cref="InvalidDataException"><see cref="DevChainOptions.From"/> is of a chain with other settings, or damaged.</exception>
    public static async Task<DevChain> StartAsync(DevChainOptions options, CancellationToken cancellation = default)
    {
        var (chain, faults) = (new Chain(options), new WireFaults());
        var dispatcher = new RpcDispatcher(chain, faults);
        return new(chain, faults, dispatcher, await RpcServer.StartAsync(options.Port, dispatcher, cancellation), options);
    }

    /// <summary>
    /// Makes one block that installs another runtime while clients are connected. The block is the old runtime's work; it answers from
    /// its state, and executes the blocks after it.
    /// </summary>
    /// <exception cref="InvalidOperationException">The runtime is not newer than the present one.</exception>
    public void Upgrade(DevRuntime runtime)
    {
        var upgrade = Runtimes.Create(runtime);
        lock (_chain.Gate)
        {
            var present = _chain.Head.Runtime.SpecVersion;
            if (upgrade.SpecVersion <= present)
                throw new InvalidOperationException($"The chain is at spec version {present}; it cannot go to {upgrade.SpecVersion}.");
            _chain.Produce(upgrade: upgrade);
        }
    }

    /// <summary>Stops listening and closes every connection; the chain goes on.</summary>
    public async Task StopListeningAsync()
    {
        if (Interlocked.Exchange(ref _server, null) is { } server)
            await server.DisposeAsync();
    }

    /// <summary>Listens again, on the same port.</summary>
    /// <exception cref="IOException">Another program has taken the port.</exception>
    public async Task ResumeListeningAsync(CancellationToken cancellation = default) =>
        _server ??= await RpcServer.StartAsync(Endpoint.Port, _dispatcher, cancellation);

    /// <summary>Completes once the pool holds a transaction, for the next block.</summary>
    public Task WhenPooledAsync()
    {
        lock (_chain.Gate)
            return _chain.Pool.WhenFilled();
    }

    /// <summary>Makes one block with everything the pool has ready.</summary>
    public Task ProduceBlockAsync() => ProduceBlocksAsync(1);

    /// <summary>Makes several blocks, one after the other.</summary>
    public Task ProduceBlocksAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            lock (_chain.Gate)
                _chain.Produce();
        }
        return Task.CompletedTask;
    }

    /// <summary>Makes one block that begins with all these changes.</summary>
    public void Change(Action<DevChainChanges> changes)
    {
        lock (_chain.Gate)
            _chain.Produce(changes);
    }

    /// <inheritdoc cref="DevChainChanges.Fund"/>
    public void Fund(AccountId account, ulong rao) => Change(changes => changes.Fund(account, rao));

    /// <inheritdoc cref="DevChainChanges.AddNetwork"/>
    public void AddNetwork(Netuid netuid) => Change(changes => changes.AddNetwork(netuid));

    /// <inheritdoc cref="DevChainChanges.RegisterNeuron"/>
    public Uid RegisterNeuron(Netuid netuid, Hotkey hotkey, Coldkey coldkey)
    {
        var uid = default(Uid);
        Change(changes => uid = changes.RegisterNeuron(netuid, hotkey, coldkey));
        return uid;
    }

    /// <inheritdoc cref="DevChainChanges.SetStake"/>
    public void SetStake(Netuid netuid, Hotkey hotkey, ulong rao) => Change(changes => changes.SetStake(netuid, hotkey, rao));

    /// <inheritdoc cref="DevChainChanges.SetValidatorPermit"/>
    public void SetValidatorPermit(Netuid netuid, Hotkey hotkey, bool permitted = true) =>
        Change(changes => changes.SetValidatorPermit(netuid, hotkey, permitted));

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _producing;
        await StopListeningAsync();
        _stopping.Dispose();
    }

    internal SavedChain Save()
    {
        Block head;
        lock (_chain.Gate)
            head = _chain.Head;
        return SavedChain.Of(_chain.GenesisBlock, head);
    }

    async Task ProduceAsync(TimeSpan period, TimeProvider time)
    {
        using var timer = new PeriodicTimer(period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
                await ProduceBlockAsync();
        }
        catch (OperationCanceledException)
        {
            // The chain is being disposed of.
        }
    }
}
