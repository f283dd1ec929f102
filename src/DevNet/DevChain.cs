using Bittensor.Keys;
using Bittensor.Subtensor;
using DevNet.Blocks;
using DevNet.Rpc;

namespace DevNet;

/// <summary>
/// A Subtensor chain in memory that answers over a real WebSocket: own metadata, real storage keys and values, signed extrinsics checked
/// as the real runtime checks them. Set-up methods make one block each, so that their effect is in the head when they return.
/// </summary>
public sealed class DevChain : IAsyncDisposable
{
    readonly Chain _chain;
    readonly RpcServer _server;
    readonly CancellationTokenSource _stopping = new();
    readonly Task _producing;

    DevChain(Chain chain, RpcServer server, DevChainOptions options)
    {
        (_chain, _server) = (chain, server);
        _producing = options.BlockTime is { } period ? ProduceAsync(period, options.Time) : Task.CompletedTask;
    }

    /// <summary>Where the chain listens, e.g. <c>ws://127.0.0.1:9944/</c>.</summary>
    public Uri Endpoint => _server.Endpoint;

    /// <summary>The number of the best block.</summary>
    public uint BlockNumber
    {
        get
        {
            lock (_chain.Gate)
                return _chain.Head.Number;
        }
    }

    /// <summary>Starts the chain and its server.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<DevChain> StartAsync(DevChainOptions options, CancellationToken cancellation = default)
    {
        var chain = new Chain(options);
        return new(chain, await RpcServer.StartAsync(options.Port, new RpcDispatcher(chain), cancellation), options);
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
        await _server.DisposeAsync();
        _stopping.Dispose();
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
