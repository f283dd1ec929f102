namespace Bittensor.Substrate;

/// <summary>A block's place in the chain. A head may be replaced by another block of the same number (re-organisation).</summary>
/// <param name="Number">Height; the genesis block is 0.</param>
/// <param name="Hash">BLAKE2b-256 of the SCALE-encoded header.</param>
/// <param name="ParentHash">Hash of the block before.</param>
public sealed record BlockHeader(ulong Number, BlockHash Hash, BlockHash ParentHash);
