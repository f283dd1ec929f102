using System.Net;
using Bittensor.Keys;
using Bittensor.Substrate;
using Bittensor.Subtensor;
using ComputeMiner.Admission;

namespace ComputeMiner.Presence;

/// <summary>
/// Keeps our axon entry on chain as it should be. It writes only when chain and wish differ, because serving again restarts the
/// rate limit's clock; what it does after a failure depends on the cause.
/// </summary>
sealed partial class AxonAnnouncer(
    SubtensorClient chain, Netuid netuid, Keypair hotkey, Func<CancellationToken, Task<ServeAxonCall>> wish, MetagraphSource metagraphs,
    ILogger<AxonAnnouncer> logger)
{
    /// <summary>Blocks between two looks at a published entry: the reference miner's status interval, about 15 minutes.</summary>
    public const ulong StatusInterval = 75;

    /// <summary>Blocks a re-organisation or a change of nodes takes back at most.</summary>
    const ulong Reorganisation = 25;

    volatile AxonPresence _current = new(AxonStage.Unknown, "the chain was not asked yet");
    ServeAxonCall? _wanted;
    int _failures;

    public AxonPresence Current => _current;

    /// <summary>Looks at the entry when it is due at <paramref name="block"/>, and publishes it when it differs.</summary>
    public async Task OnHeadAsync(ulong block, CancellationToken cancellation)
    {
        if (block < _current.NextBlock && !HasBegunAnew(block) && !IsContradicted())
            return;
        try
        {
            Become(await CheckAsync(block, cancellation) with { CheckedBlock = block });
            _failures = 0;
        }
        catch (ExtrinsicFailedException refusal)
        {
            Become(await JudgeAsync(refusal, block, cancellation));
        }
        catch (Exception fault) when (fault is SubstrateException or ExternalAddressException)
        {
            // A node that was away is asked again as soon as there is one: the look costs a read or two, waiting our place.
            var next = fault is SubstrateException { IsTransient: true } ? block : block + BackOff();
            Become(_current with { Stage = AxonStage.Failing, Detail = fault.Message, NextBlock = next, CheckedBlock = block });
        }
    }

    /// <summary>
    /// The chain began anew, or a node named a block that is far ahead: block numbers noted before mean nothing, and waiting for them
    /// could last for ever.
    /// </summary>
    bool HasBegunAnew(ulong block) => block + Reorganisation < _current.CheckedBlock;

    /// <summary>A metagraph newer than our last look shows something else: a look now instead of at the next interval.</summary>
    bool IsContradicted()
    {
        var current = _current;
        if (metagraphs.Current is not { } metagraph || metagraph.Block <= current.CheckedBlock)
            return false;
        var isRegistered = metagraph.TryGetNeuron(hotkey.Hotkey, out var neuron);
        return current.Stage switch
        {
            AxonStage.NotRegistered => isRegistered,
            AxonStage.Published => !isRegistered || _wanted?.Matches(neuron!.Axon) == false,
            _ => false,
        };
    }

    async Task<AxonPresence> CheckAsync(ulong block, CancellationToken cancellation)
    {
        var uid = await chain.GetUidAsync(netuid, hotkey.Hotkey, cancellation);
        if (uid is null)
        {
            return new AxonPresence(
                AxonStage.NotRegistered,
                $"hotkey {hotkey.Hotkey} is not registered on subnet {netuid.Value}. No new rental is accepted, a running one goes on; register it, this program keeps looking",
                NextBlock: block + ServeRefusal.OutsideInterval);
        }
        var wanted = _wanted = await wish(cancellation);
        var published = await chain.GetAxonAsync(netuid, hotkey.Hotkey, cancellation);
        if (wanted.Matches(published))
            return Published(uid, published!, block);
        // The pool refuses an early call anyway; knowing the block saves a rejected extrinsic every few seconds. What is sent at a head
        // is in the next block, and judged as of that one.
        if (published is { Block: > 0 } && await EarliestAsync(published, cancellation) is var earliest && block + 1 < earliest)
            return Limited(uid, published, earliest, block);
        await chain.ServeAxonAsync(netuid, wanted, hotkey, cancellation);
        published = await chain.GetAxonAsync(netuid, hotkey.Hotkey, cancellation);
        return wanted.Matches(published)
            ? Published(uid, published!, block)
            : new AxonPresence(AxonStage.Waiting, "served, not on the best chain yet", uid, published, block + 1);
    }

    async Task<AxonPresence> JudgeAsync(ExtrinsicFailedException refusal, ulong block, CancellationToken cancellation)
    {
        var verdict = ServeRefusal.Of(refusal);
        var next = _current with
        {
            Stage = verdict.Stage,
            Detail = $"{refusal.Message.TrimEnd('.')}; {verdict.Remedy}",
            NextBlock = block + (verdict.Wait ?? BackOff()),
            CheckedBlock = block,
        };
        if (refusal.ErrorName != ServeRefusal.RateLimit)
            return next;
        try
        {
            var published = await chain.GetAxonAsync(netuid, hotkey.Hotkey, cancellation);
            var earliest = published is null ? 0 : await EarliestAsync(published, cancellation);
            return earliest <= block ? next
                : Limited(next.Uid, published!, earliest, block) with { CheckedBlock = block };
        }
        catch (SubstrateException)
        {
            return next;
        }
    }

    async Task<ulong> EarliestAsync(AxonInfo published, CancellationToken cancellation) =>
        published.Block + await chain.GetServingRateLimitAsync(netuid, cancellation);

    /// <summary>A long wait is looked at in between: the subnet's owner may lower the limit.</summary>
    static AxonPresence Limited(Uid? uid, AxonInfo published, ulong earliest, ulong block) => new(
        AxonStage.Waiting, $"the subnet's rate limit allows the new entry at block {earliest}", uid, published,
        Math.Clamp(earliest - 1, block + 1, block + StatusInterval));

    static AxonPresence Published(Uid? uid, AxonInfo axon, ulong block) =>
        new(AxonStage.Published, $"{new IPEndPoint(axon.Ip, axon.Port)} since block {axon.Block}", uid, axon, block + StatusInterval);

    ulong BackOff() => Math.Min(ServeRefusal.OutsideInterval, 1UL << Math.Min(_failures++, 5));

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
