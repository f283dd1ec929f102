using Bittensor.Scale;

namespace Bittensor.Substrate;

/// <summary>Reads what became of an extrinsic in a block: its position by its bytes, its outcome from the block's events.</summary>
static class ExtrinsicOutcome
{
    /// <summary>The receipt, or null when the block does not hold the extrinsic.</summary>
    /// <exception cref="ExtrinsicFailedException">The block holds it and its call failed.</exception>
    public static async Task<ExtrinsicReceipt?> FindAsync(
        ChainSession session, BlockHash block, Extrinsic extrinsic, bool isFinalized, CancellationToken cancellation)
    {
        var extrinsics = await session.Rpc.ExtrinsicsAsync(block, cancellation);
        var index = extrinsics?.FindIndex(item => item.AsSpan().SequenceEqual(extrinsic.Bytes.Span)) ?? -1;
        if (index < 0)
            return null;
        var metadata = await MetadataOfEventsAsync(session, block, cancellation);
        var value = await session.Rpc.StorageAsync(StorageKey.Of(metadata, "System", "Events"), block, cancellation)
            ?? throw new ScaleException($"Block {block} has no events.");
        var own = EventDecoder.OutcomeOf(metadata, EventDecoder.Decode(metadata, value), (uint)index, block);
        return new ExtrinsicReceipt(extrinsic.Hash, block, (uint)index, own, isFinalized);
    }

    /// <summary>A block that installs a new runtime was executed by the old one: its events are in the parent's format.</summary>
    static async Task<RuntimeMetadata> MetadataOfEventsAsync(ChainSession session, BlockHash block, CancellationToken cancellation)
    {
        var header = await session.Rpc.HeaderAsync(block, cancellation);
        var version = await session.Rpc.RuntimeVersionAsync(header.ParentHash, cancellation);
        var current = session.Runtime;
        return version.Spec == current.SpecVersion
            ? current.Metadata
            : (await RuntimeLoader.LoadAsync(session.Rpc, version, header.ParentHash, cancellation)).Metadata;
    }
}
