using System.Buffers.Binary;
using System.Collections.Immutable;
using DevNet.Runtime;

namespace DevNet.State;

/// <summary>
/// The storage of one block: real keys, real encoded values. Blocks share what they did not change, so that keeping one per block and
/// going back to an earlier one (<see cref="Entries"/>) are both cheap. One instance belongs to one thread.
/// </summary>
sealed class ChainState(RuntimeDefinition runtime, ImmutableSortedDictionary<byte[], byte[]> entries)
{
    public static ImmutableSortedDictionary<byte[], byte[]> Empty { get; } = ImmutableSortedDictionary.Create<byte[], byte[]>(ByteOrder.Instance);

    public RuntimeDefinition Runtime { get; } = runtime;

    /// <summary>Everything stored; assigning an earlier value undoes all changes since.</summary>
    public ImmutableSortedDictionary<byte[], byte[]> Entries { get; set; } = entries;

    /// <summary>The number of the block this is the state of.</summary>
    public uint BlockNumber => BinaryPrimitives.ReadUInt32LittleEndian(Get("System.Number"));

    /// <summary>The stored value, or null. <paramref name="item"/> is <c>Pallet.Item</c>, the keys are encoded.</summary>
    public byte[]? Find(string item, params ReadOnlySpan<byte[]> keys) => Entries.GetValueOrDefault(Runtime.Storage(item).Key(keys));

    /// <summary>The stored value, or the item's default.</summary>
    /// <exception cref="InvalidOperationException">Nothing is stored and the item has no default.</exception>
    public byte[] Get(string item, params ReadOnlySpan<byte[]> keys)
    {
        var storage = Runtime.Storage(item);
        return Entries.GetValueOrDefault(storage.Key(keys)) ?? storage.Definition.Default
            ?? throw new InvalidOperationException($"{item} is optional and not stored.");
    }

    public void Set(string item, ReadOnlySpan<byte[]> keys, byte[] value) => Entries = Entries.SetItem(Runtime.Storage(item).Key(keys), value);

    public void Set(string item, byte[] value) => Set(item, [], value);

    public void Remove(string item, params ReadOnlySpan<byte[]> keys) => Entries = Entries.Remove(Runtime.Storage(item).Key(keys));

    /// <summary>All stored keys of an item that begin with these map keys, in order.</summary>
    public IEnumerable<byte[]> KeysUnder(byte[] prefix) => Entries.Keys.Where(key => key.AsSpan().StartsWith(prefix));
}
