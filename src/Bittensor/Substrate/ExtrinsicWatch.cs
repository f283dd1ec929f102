using System.Text.Json;
using System.Threading.Channels;
using Bittensor.Substrate.Rpc;

namespace Bittensor.Substrate;

/// <summary>
/// Submits one signed extrinsic and sees it to its outcome: by the pool's statuses while their connection lives. When it drops, the
/// blocks are searched and the same bytes, which cannot take effect twice, submitted again.
/// </summary>
sealed class ExtrinsicWatch(SubstrateClient client, SubstrateOptions options, Extrinsic extrinsic, ulong birth, ulong death)
{
    readonly ExtrinsicSearch _search = new(client, options, extrinsic, birth, death);
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
            if (await _search.LookAsync(cancellation) is { } found)
                return found;
            statuses = await ResubmitAsync(cancellation);
        }
        return await _search.RunAsync(cancellation);
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
        if (status.ValueKind == JsonValueKind.String)
        {
            return status.GetString() switch
            {
                "dropped" => throw Refused("Dropped", "The pool dropped it, for example because it was full"),
                "invalid" => throw Refused("Invalid", "The pool found it invalid after all"),
                // future and ready: still waiting.
                _ => null,
            };
        }
        if (status.ValueKind != JsonValueKind.Object)
            return null;
        foreach (var property in status.EnumerateObject())
        {
            switch (property.Name)
            {
                case "inBlock" when !options.WaitForFinalization:
                    return await OutcomeAsync(RpcRead.Hash(property.Value, property.Name), isFinalized: false, cancellation);
                case "finalized":
                    return await OutcomeAsync(RpcRead.Hash(property.Value, property.Name), isFinalized: true, cancellation);
                case "usurped":
                    throw Refused("Usurped", "Another extrinsic of the same account took its nonce");
                case "finalityTimeout":
                    throw Refused("FinalityTimeout", "It is in a block, but the chain did not make it final in time");
            }
        }
        // broadcast, retracted (a re-organisation; it returns to the pool), and statuses not known yet.
        return null;
    }

    Task<ExtrinsicReceipt> OutcomeAsync(BlockHash block, bool isFinalized, CancellationToken cancellation) => client.ReadAsync(
        async session => await ExtrinsicOutcome.FindAsync(session, block, extrinsic, isFinalized, cancellation)
            ?? throw new SubstrateException($"Block {block} does not hold the extrinsic that the node reported in it.", isTransient: false),
        "events", cancellation);

    async Task CancelAtDeathAsync(CancellationTokenSource expired)
    {
        try
        {
            await foreach (var head in client.HeadsAsync(expired.Token))
            {
                if (head.Number >= death + ExtrinsicSearch.Grace && !options.WaitForFinalization)
                    await expired.CancelAsync();
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or SubstrateException)
        {
            // The outcome came first, or the connection went; the caller knows.
        }
    }

    ExtrinsicFailedException Refused(string name, string docs) => new(ExtrinsicStage.Pool, name, $"{docs} (extrinsic {extrinsic.Hash})");
}
