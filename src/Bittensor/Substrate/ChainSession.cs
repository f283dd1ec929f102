using System.Text.Json;
using Bittensor.Substrate.Rpc;
using Microsoft.Extensions.Logging;

namespace Bittensor.Substrate;

/// <summary>
/// One connection to one endpoint after its checks: right chain, not syncing, metadata read, heads flowing. Lives until the
/// connection ends or its heads stop.
/// </summary>
sealed partial class ChainSession : IAsyncDisposable
{
    readonly SubstrateOptions _options;
    readonly TimeProvider _time;
    readonly ILogger _logger;
    // Not disposed: a reader may still hold it when the session ends, and there is nothing in it to free.
    readonly SemaphoreSlim _loading = new(1, 1);
    volatile ChainRuntime _runtime;
    volatile BlockHeader _head;

    ChainSession(RpcConnection rpc, BlockHash genesis, ChainRuntime runtime, BlockHeader head, SubstrateOptions options, TimeProvider time, ILogger logger)
    {
        (Rpc, Genesis, _runtime, _head) = (rpc, genesis, runtime, head);
        (_options, _time, _logger) = (options, time, logger);
    }

    public RpcConnection Rpc { get; }

    public BlockHash Genesis { get; }

    public ChainRuntime Runtime => _runtime;

    public BlockHeader Head => _head;

    /// <param name="rpc">The connection; it is the session's from now on, and closed when it cannot be used.</param>
    /// <param name="identity">Which chain it must be of.</param>
    /// <param name="known">The session before, whose metadata is used again when chain and runtime are the same.</param>
    /// <param name="options">Limits.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where runtime upgrades are told.</param>
    /// <param name="cancellation">Stops opening.</param>
    public static async Task<ChainSession> OpenAsync(
        RpcConnection rpc, ChainIdentity identity, ChainSession? known, SubstrateOptions options, TimeProvider time, ILogger logger,
        CancellationToken cancellation)
    {
        try
        {
            var genesis = await rpc.BlockHashAsync(0, cancellation)
                ?? throw new SubstrateException($"The node at {rpc.Name} has no genesis block.", isTransient: true);
            identity.Check(rpc.Endpoint, genesis);
            await EnsureSyncedAsync(rpc, cancellation);
            var runtime = await RuntimeLoader.LoadBestAsync(rpc, known?.Genesis == genesis ? known.Runtime : null, cancellation);
            return new ChainSession(rpc, genesis, runtime, await rpc.HeaderAsync(null, cancellation), options, time, logger);
        }
        catch
        {
            await rpc.DisposeAsync();
            throw;
        }
    }

    /// <summary>Follows heads and runtime versions until one of them fails; always ends with the reason.</summary>
    public async Task<SubstrateException> RunAsync(HeadFeed feed, CancellationToken cancellation)
    {
        feed.Resume(_head);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task<SubstrateException>[] parts = [Rpc.Ended, GuardAsync(FollowHeadsAsync(feed, stop.Token)), GuardAsync(FollowRuntimeAsync(feed, stop.Token))];
        var first = await Task.WhenAny(parts);
        await stop.CancelAsync();
        await Rpc.DisposeAsync();
        await Task.WhenAll(parts);
        return await first;
    }

    /// <summary>Asks for the runtime's version and loads its metadata when it changed. True when it did.</summary>
    public async Task<bool> RefreshRuntimeAsync(CancellationToken cancellation)
    {
        var before = _runtime;
        await LoadRuntimeAsync(cancellation);
        return _runtime != before;
    }

    public ValueTask DisposeAsync() => Rpc.DisposeAsync();

    async Task LoadRuntimeAsync(CancellationToken cancellation)
    {
        await _loading.WaitAsync(cancellation);
        try
        {
            var upgraded = await RuntimeLoader.LoadBestAsync(Rpc, _runtime, cancellation);
            if (upgraded == _runtime)
                return;
            Log.RuntimeUpgraded(_logger, _runtime.SpecVersion, upgraded.SpecVersion, upgraded.Metadata.Version);
            _runtime = upgraded;
        }
        finally
        {
            _loading.Release();
        }
    }

    async Task FollowHeadsAsync(HeadFeed feed, CancellationToken cancellation)
    {
        await using var heads = await Rpc.SubscribeAsync("chain_subscribeNewHeads", "chain_unsubscribeNewHeads", null, cancellation);
        while (true)
        {
            JsonElement notification;
            try
            {
                notification = await heads.Notifications.ReadAsync(cancellation).AsTask().WaitAsync(_options.HeadTimeout, _time, cancellation);
            }
            catch (TimeoutException)
            {
                throw new SubstrateException($"The chain at {Rpc.Name} sent no new block for {_options.HeadTimeout.TotalSeconds:0.#} s.", isTransient: true);
            }
            var head = HeaderReader.Read(notification);
            _head = head;
            feed.Publish(head);
        }
    }

    async Task FollowRuntimeAsync(HeadFeed feed, CancellationToken cancellation)
    {
        RpcSubscription versions;
        try
        {
            versions = await Rpc.SubscribeAsync("state_subscribeRuntimeVersion", "state_unsubscribeRuntimeVersion", null, cancellation);
        }
        catch (SubstrateException fault) when (fault.Code is not null)
        {
            // Some gateways in front of nodes do not pass this subscription on.
            await AskForRuntimeAsync(feed, cancellation);
            return;
        }
        await using var closing = versions;
        await foreach (var notification in versions.Notifications.ReadAllAsync(cancellation))
        {
            if (RpcRead.RuntimeVersion(notification) != (_runtime.SpecVersion, _runtime.TransactionVersion))
                await LoadRuntimeAsync(cancellation);
        }
        throw await Rpc.Ended;
    }

    async Task AskForRuntimeAsync(HeadFeed feed, CancellationToken cancellation)
    {
        await foreach (var _ in feed.FollowAsync(_head, cancellation))
        {
            try
            {
                await LoadRuntimeAsync(cancellation);
            }
            catch (SubstrateException fault) when (fault.IsTransient && fault.Code is not null)
            {
                // A busy node; the next block asks again.
            }
        }
    }

    /// <summary>A node that is still catching up answers from the past.</summary>
    static async Task EnsureSyncedAsync(RpcConnection rpc, CancellationToken cancellation)
    {
        try
        {
            var health = await rpc.CallAsync("system_health", null, cancellation);
            if (health.ValueKind == JsonValueKind.Object && health.TryGetProperty("isSyncing", out var syncing) && syncing.ValueKind == JsonValueKind.True)
                throw new SubstrateException($"The node at {rpc.Name} is still syncing.", isTransient: true);
        }
        catch (SubstrateException fault) when (fault.Code is not null)
        {
            // The method is a courtesy; a node without it is judged by its heads alone.
        }
    }

    async Task<SubstrateException> GuardAsync(Task part)
    {
        try
        {
            await part;
        }
        catch (SubstrateException fault)
        {
            return fault;
        }
        catch (System.Threading.Channels.ChannelClosedException fault)
        {
            return fault.InnerException as SubstrateException ?? await Rpc.Ended;
        }
        catch (OperationCanceledException)
        {
            // Another part ended, or the client is being disposed.
        }
        catch (Exception fault)
        {
            // Whatever a node sent, it must not end the task that would find another one.
            return new SubstrateException($"The node at {Rpc.Name} sent something that cannot be read: {fault.Message}", isTransient: true, fault);
        }
        return new SubstrateException($"The connection to the chain at {Rpc.Name} was closed.", isTransient: true);
    }

    static partial class Log
    {
        [LoggerMessage(4003, LogLevel.Information, "The chain's runtime went from spec version {Before} to {Now} (metadata V{Format})")]
        public static partial void RuntimeUpgraded(ILogger logger, uint before, uint now, byte format);
    }
}
