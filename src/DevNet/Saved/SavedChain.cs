using System.Collections.Immutable;
using DevNet.Blocks;
using DevNet.Runtime;
using DevNet.State;

namespace DevNet.Saved;

/// <summary>The chain's head with its storage, in hex behind 0x. What lies between block 0 and the head is not kept.</summary>
/// <param name="Genesis">The hash of block 0, which the settings make.</param>
/// <param name="Hash">The head's hash. It depends on everything below, so that nothing of it can be damaged and pass.</param>
/// <param name="SpecVersion">The runtime of the head.</param>
/// <param name="Parent">The hash of the block before the head.</param>
/// <param name="Extrinsics">The head's body.</param>
/// <param name="Logs">The head's digest.</param>
/// <param name="Storage">Keys and values after the head.</param>
sealed record SavedChain(
    string Genesis, string Hash, uint SpecVersion, string Parent, IReadOnlyList<string> Extrinsics, IReadOnlyList<string> Logs,
    IReadOnlyDictionary<string, string> Storage)
{
    public static SavedChain Of(Block genesis, Block head) => new(
        HexText.Of(genesis.Hash), HexText.Of(head.Hash), head.Runtime.SpecVersion, HexText.Of(head.Header.ParentHash), Texts(head.Extrinsics),
        Texts(head.Header.Logs), head.State!.ToDictionary(entry => HexText.Of(entry.Key), entry => HexText.Of(entry.Value)));

    /// <summary>The block that was the head.</summary>
    /// <exception cref="InvalidDataException">It is another chain's, or damaged.</exception>
    public Block ToHead(Block genesis)
    {
        if (Genesis != HexText.Of(genesis.Hash))
            throw new InvalidDataException("it is the state of a chain with other settings, such as another --runtime, or of another version of this program");
        var runtime = Enum.GetValues<DevRuntime>().Select(Runtimes.Create).FirstOrDefault(runtime => runtime.SpecVersion == SpecVersion)
            ?? throw new InvalidDataException($"its runtime {SpecVersion} is not known here");
        if (Hash == Genesis)
            return genesis;
        var head = BlockBuilder.Close(
            new ChainState(runtime, Storage.ToImmutableSortedDictionary(entry => Bytes(entry.Key), entry => Bytes(entry.Value), ByteOrder.Instance)), runtime,
            Bytes(Parent), [.. Extrinsics.Select(Bytes)], [.. Logs.Select(Bytes)]);
        return HexText.Of(head.Hash) == Hash ? head : throw new InvalidDataException("the chain's storage is damaged: its hash is another one");
    }

    static string[] Texts(IEnumerable<byte[]> parts) => [.. parts.Select(part => HexText.Of(part))];

    static byte[] Bytes(string text) => HexText.TryParse(text) ?? throw new InvalidDataException("a part of the chain is no hex");
}
