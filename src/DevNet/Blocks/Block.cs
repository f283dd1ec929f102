using System.Collections.Immutable;
using DevNet.Runtime;

namespace DevNet.Blocks;

/// <summary>A block, and the storage after it as long as that is kept.</summary>
sealed record Block(BlockHeaderData Header, byte[] Hash, ImmutableArray<byte[]> Extrinsics, RuntimeDefinition Runtime)
{
    public uint Number => Header.Number;

    /// <summary>The storage after this block; null once it is discarded.</summary>
    public ImmutableSortedDictionary<byte[], byte[]>? State { get; set; }
}
