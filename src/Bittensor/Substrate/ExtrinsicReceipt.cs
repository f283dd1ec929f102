using System.Collections.Immutable;

namespace Bittensor.Substrate;

/// <summary>Proof that an extrinsic is in a block and its call succeeded.</summary>
/// <param name="ExtrinsicHash">BLAKE2b-256 of the whole extrinsic.</param>
/// <param name="Block">The block that holds it.</param>
/// <param name="Index">Its position in the block.</param>
/// <param name="Events">The events it caused, in order.</param>
/// <param name="IsFinalized">True when the block is final; false when a re-organisation may still remove it.</param>
public sealed record ExtrinsicReceipt(BlockHash ExtrinsicHash, BlockHash Block, uint Index, ImmutableArray<ChainEvent> Events, bool IsFinalized);
