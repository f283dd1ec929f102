using System.Text.Json;
using System.Threading.Channels;
using Bittensor.Substrate.Rpc;

namespace Bittensor.Substrate;

/// <summary>
/// Submits one signed extrinsic and sees it to its outcome: by the pool's statuses while their connection lives. When it drops, the
/// blocks are searched and the same bytes, which cannot take effect twice, submitted again.
/// </summary>
sealed class ExtrinsicWatch(SubstrateClient client, SubstrateOptions options, Extrinsic extrinsic, ExtrinsicSearch search)
{
    bool _onlyBlocksTell;

    /// <summary>Null when nobody tells the status: the connection dropped, or the pool has the extrinsic already.</summary>
    /// <exception cref="ExtrinsicFailedException">The pool refuses it.</exception>
    public async Task<RpcSubscription?> SubmitAsync(ChainSession session, CancellationToken cancellation)
    {
        try
        {
            return await session.Rpc.SubscribeAsync(
                "author_submitAndWatchExtrinsic",
                "author_unwatchExtrinsic",
                writer => writer.WriteStringValue(Hex.Encode(extrinsic.Bytes.Span)),
                cancellation);
        }
        catch (SubstrateException fault) when (PoolError.Describe(fault) is { } refusal)
        {
            _onlyBlocksTell = refusal.PoolCode == PoolError.AlreadyImported;
            return _onlyBlocksTell ? null : throw refusal;
        }
        catch (SubstrateException) when (session.Rpc.HasEnded)
        {
            return null;
        }
    }

    public async Task<ExtrinsicReceipt> RunAsync(RpcSubscription? statuses, CancellationToken cancellation)
    {
        while (!_onlyBlocksTell)
        {
            if (statuses is not null && await FollowAsync(statuses, cancellation) is { } receipt)
                return receipt;
            if (await search.LookAsync(cancellation) is { } found)
                return found;
            // A node that hangs up on every submission must not be asked for ever.
            if (await search.IsOverAsync(cancellation))
                break;
            statuses = await ResubmitAsync(cancellation);
        }
        return await search.RunAsync(cancellation);
    }

    async Task<RpcSubscription?> ResubmitAsync(CancellationToken cancellation)
    {
        try
        {
            return await SubmitAsync(await client.GetSessionAsync(cancellation), cancellation);
        }
        catch (ExtrinsicFailedException)
        {
            // Stale means that it is in a block by now; any other refusal may be about the second copy only. The blocks decide.
            _onlyBlocksTell = true;
            return null;
        }
    }

    /// <summary>Null when the connection ended, or the era did, without an outcome.</summary>
    async Task<ExtrinsicReceipt?> FollowAsync(RpcSubscription statuses, CancellationToken cancellation)
    {
        await using var closing = statuses;
        using var expired = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var expiry = CancelAtDeathAsync(expired);
        try
        {
            await foreach (var status in statuses.Notifications.ReadAllAsync(expired.Token))
            {
                if (await JudgeAsync(status, cancellation) is { } receipt)
                    return receipt;
            }
        }
        catch (ChannelClosedException)
        {
            // The connection is gone, not the extrinsic.
        }
        catch (SubstrateException fault) when (fault.IsTransient)
        {
            // As above.
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // The era is over; a last look at its blocks decides.
        }
        finally
        {
            await expired.CancelAsync();
            await expiry;
        }
        return null;
    }

    /// <remarks>Source: paritytech/polkadot-sdk, substrate/client/transaction-pool/api, TransactionStatus.</remarks>
    async Task<ExtrinsicReceipt?> JudgeAsync(JsonElement status, CancellationToken cancellation)
    {
        var (name, value) = ReadStatus(status);
        return name switch
        {
            "dropped" => throw Refused("Dropped", "The pool dropped it, for example because it was full"),
            "invalid" => throw Refused("Invalid", "The pool found it invalid after all"),
            "usurped" => throw Refused("Usurped", "Another extrinsic of the same account took its nonce"),
            "finalityTimeout" => throw Refused("FinalityTimeout", "It is in a block, but the chain did not make it final in time"),
            "inBlock" when !options.WaitForFinalization => await OutcomeAsync(RpcRead.Hash(value, name), isFinalized: false, cancellation),
            "finalized" => await OutcomeAsync(RpcRead.Hash(value, name), isFinalized: true, cancellation),
            // future, ready, broadcast, retracted (a re-organisation; it returns to the pool), and statuses not known yet: still waiting.
            _ => null,
        };
    }

    /// <summary>A status is a text, or an object with the status as its one name; what is neither says nothing.</summary>
    static (string? Name, JsonElement Value) ReadStatus(JsonElement status)
    {
        try
        {
            if (status.ValueKind == JsonValueKind.String)
                return (status.GetString(), default);
            if (status.ValueKind == JsonValueKind.Object && status.EnumerateObject() is var properties && properties.MoveNext())
                return (properties.Current.Name, properties.Current.Value);
        }
        catch (InvalidOperationException)
        {
            // A text that is no UTF-16.
        }
        return (null, default);
    }

    Task<ExtrinsicReceipt> OutcomeAsync(BlockHash block, bool isFinalized, CancellationToken cancellation) => client.ReadAsync(
        async session => await ExtrinsicOutcome.FindAsync(session, block, extrinsic, isFinalized, cancellation)
            ?? throw new SubstrateException($"Block {block} does not hold the extrinsic that the node reported in it.", isTransient: false),
        "events", cancellation);

    /// <summary>
    /// Ends the waiting for statuses when the era is over, and when a block holds the extrinsic although no status said so: a node that
    /// was stuck for a while has lost what it had to tell. The first head is the one it was signed at.
    /// </summary>
    async Task CancelAtDeathAsync(CancellationTokenSource expired)
    {
        try
        {
            var isFirst = true;
            await foreach (var head in client.HeadsAsync(expired.Token))
            {
                if (search.IsOver(head.Number) || (!isFirst && !options.WaitForFinalization && await search.LookAsync(expired.Token) is not null))
                    await expired.CancelAsync();
                isFirst = false;
            }
        }
        catch (ExtrinsicFailedException)
        {
            // A block holds it and its call failed: the caller's own look says so.
            await expired.CancelAsync();
        }
        catch (Exception fault) when (fault is OperationCanceledException or SubstrateException)
        {
            // The outcome came first, or the connection went; the caller knows.
        }
    }

    ExtrinsicFailedException Refused(string name, string docs) => new(ExtrinsicStage.Pool, name, $"{docs} (extrinsic {extrinsic.Hash})");
}
