namespace Bittensor.Substrate;

/// <summary>Looks for a submitted extrinsic in the blocks of its era, for when no pool tells its status any more.</summary>
sealed class ExtrinsicSearch(SubstrateClient client, SubstrateOptions options, Extrinsic extrinsic, ulong birth, ulong death)
{
    // A block at the era's end may still be on its way to us.
    const ulong Grace = 2;

    // As long as the node's pool waits: paritytech/polkadot-sdk, substrate/client/transaction-pool, MAX_FINALITY_WATCHERS.
    const ulong FinalityPatience = 512;

    /// <summary>True when no further block can take the extrinsic.</summary>
    public async Task<bool> IsOverAsync(CancellationToken cancellation) => IsOver((await client.GetHeadAsync(cancellation)).Number);

    /// <summary>Looks through the blocks there are; null when none holds it.</summary>
    public async Task<ExtrinsicReceipt?> LookAsync(CancellationToken cancellation) =>
        await LookAsync(birth + 1, (await client.GetHeadAsync(cancellation)).Number, cancellation);

    /// <summary>Follows the blocks until one holds it or the era is over.</summary>
    public async Task<ExtrinsicReceipt> RunAsync(CancellationToken cancellation)
    {
        var next = birth + 1;
        await foreach (var head in client.HeadsAsync(cancellation))
        {
            var isOver = IsOver(head.Number);
            // A re-organisation may have changed blocks already searched, so the last look begins at the first again.
            var found = await LookAsync(isOver ? birth + 1 : next, head.Number, cancellation);
            if (found is not null)
                return found;
            if (isOver)
                break;
            next = Math.Max(next, head.Number);
        }
        throw new ExtrinsicFailedException(
            ExtrinsicStage.Pool, "Expired", $"No block up to {death} holds extrinsic {extrinsic.Hash}; its era is over");
    }

    public bool IsOver(ulong head) => head >= death + Grace;

    async Task<ExtrinsicReceipt?> LookAsync(ulong from, ulong head, CancellationToken cancellation)
    {
        for (var number = from; number <= Math.Min(head, death); number++)
        {
            var block = number;
            var receipt = await client.ReadAsync(
                async session => await session.Rpc.BlockHashAsync(block, cancellation) is { } hash
                    ? await ExtrinsicOutcome.FindAsync(session, hash, extrinsic, isFinalized: false, cancellation)
                    : null,
                "events", cancellation);
            if (receipt is not null)
                return options.WaitForFinalization ? await FinalizedAsync(receipt, block, cancellation) : receipt;
        }
        return null;
    }

    /// <summary>Waits until the block's height is final; null when another block became final there.</summary>
    async Task<ExtrinsicReceipt?> FinalizedAsync(ExtrinsicReceipt receipt, ulong number, CancellationToken cancellation)
    {
        await foreach (var head in client.HeadsAsync(cancellation))
        {
            var isFinal = await client.ReadAsync(async session =>
            {
                var finalized = await session.Rpc.HeaderAsync(await session.Rpc.FinalizedHashAsync(cancellation), cancellation);
                return finalized.Number < number ? (bool?)null : await session.Rpc.BlockHashAsync(number, cancellation) == receipt.Block;
            }, "headers", cancellation);
            if (isFinal is { } known)
                return known ? receipt with { IsFinalized = true } : null;
            if (head.Number >= number + FinalityPatience)
            {
                throw new ExtrinsicFailedException(
                    ExtrinsicStage.Pool, "FinalityTimeout", $"Block {number} holds it and is not final {FinalityPatience} blocks later (extrinsic {extrinsic.Hash})");
            }
        }
        return null;
    }
}
