using Bittensor.Keys;
using Bittensor.Substrate;
using Bittensor.Subtensor;

namespace ComputeMiner.Presence;

/// <summary>
/// Keeps our axon entry on chain as it should be. It writes only when chain and wish differ, because serving again restarts the
/// rate limit's clock; what it does after a failure depends on the cause.
/// </summary>
sealed partial class AxonAnnouncer(
    SubtensorClient chain, Netuid netuid, Keypair hotkey, Func<CancellationToken, Task<ServeAxonCall>> wish, ILogger<AxonAnnouncer> logger)
{
    /// <summary>Blocks between two looks at a published entry: the reference miner's status interval, about 15 minutes.</summary>
    const ulong StatusInterval = 75;

    /// <summary>Blocks between two looks while something must change outside (registration): about five minutes.</summary>
    const ulong RetryInterval = 25;

    volatile AxonPresence _current = new(AxonStage.Unknown, "the chain was not asked yet");
    int _failures;

    public AxonPresence Current => _current;

    /// <summary>Looks at the entry when it is due at <paramref name="block"/>, and publishes it when it differs.</summary>
    public async Task OnHeadAsync(ulong block, CancellationToken cancellation)
    {
        if (block < _current.NextBlock)
            return;
        try
        {
            Become(await CheckAsync(block, cancellation));
            _failures = 0;
        }
        catch (Exception e) when (e is SubstrateException or ExtrinsicFailedException or ExternalAddressException)
        {
            Become(_current with { Stage = AxonStage.Failing, Detail = e.Message, NextBlock = block + BackOff() });
        }
    }

    async Task<AxonPresence> CheckAsync(ulong block, CancellationToken cancellation)
    {
        var uid = await chain.GetUidAsync(netuid, hotkey.Hotkey, cancellation);
        if (uid is null)
        {
            return new AxonPresence(
                AxonStage.NotRegistered, $"hotkey {hotkey.Hotkey} is not registered on subnet {netuid.Value}; register it, this program keeps looking",
                NextBlock: block + RetryInterval);
        }
        var wanted = await wish(cancellation);
        var published = await chain.GetAxonAsync(netuid, hotkey.Hotkey, cancellation);
        if (wanted.Matches(published))
            return Published(uid, published!, block);
        if (published is { Block: > 0 })
        {
            // The pool refuses an early call anyway; knowing the block saves a rejected extrinsic every few seconds.
            var limit = await chain.GetServingRateLimitAsync(netuid, cancellation);
            var earliest = published.Block + limit;
            if (limit > 0 && block < earliest)
            {
                return new AxonPresence(
                    AxonStage.Waiting, $"the subnet's rate limit allows the new entry at block {earliest}", uid, published, earliest);
            }
        }
        await chain.ServeAxonAsync(netuid, wanted, hotkey, cancellation);
        published = await chain.GetAxonAsync(netuid, hotkey.Hotkey, cancellation);
        return wanted.Matches(published)
            ? Published(uid, published!, block)
            : new AxonPresence(AxonStage.Waiting, "served, not on the best chain yet", uid, published, block + 1);
    }

    static AxonPresence Published(Uid? uid, AxonInfo axon, ulong block) =>
        new(AxonStage.Published, $"{axon.Ip}:{axon.Port} since block {axon.Block}", uid, axon, block + StatusInterval);

    ulong BackOff() => Math.Min(RetryInterval, 1UL << Math.Min(_failures++, 5));

    void Become(AxonPresence next)
    {
        var previous = _current;
        _current = next;
        if (previous.Stage == next.Stage && previous.Detail == next.Detail)
            return;
        if (next.Stage == AxonStage.Published)
            Log.AxonPublished(logger, netuid.Value, next.Uid!.Value.Value, next.Detail);
        else
            Log.AxonNotPublished(logger, netuid.Value, next.Detail, next.NextBlock);
    }

    static partial class Log
    {
        [LoggerMessage(4110, LogLevel.Information, "Axon on chain: subnet {Netuid}, uid {Uid}, {Detail}")]
        public static partial void AxonPublished(ILogger logger, ushort netuid, ushort uid, string detail);

        [LoggerMessage(4111, LogLevel.Warning, "Axon not on chain of subnet {Netuid}: {Detail}. Next look at block {NextBlock}.")]
        public static partial void AxonNotPublished(ILogger logger, ushort netuid, string detail, ulong nextBlock);
    }
}
