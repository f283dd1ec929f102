using System.Text;
using Bittensor.Crypto;
using Bittensor.Scale;

namespace Bittensor.Substrate;

/// <summary>
/// Keys of the state trie: twox128(prefix), twox128(item), then one hashed part per map key.
/// </summary>
/// <remarks>Source: paritytech/polkadot-sdk, substrate/frame/support/src/storage and hash.rs.</remarks>
public static class StorageKey
{
    /// <summary>The key of a plain item, or of the entry of a map that <paramref name="keys"/> name, as the metadata lays it out.</summary>
    /// <exception cref="ScaleException">The runtime has no such item, or the keys do not fit it.</exception>
    public static byte[] Of(RuntimeMetadata metadata, string pallet, string item, params ReadOnlySpan<ScaleValue> keys)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        var entry = metadata.StorageEntry(pallet, item);
        if (entry.Hashers.Length != keys.Length)
            throw new ScaleException($"{pallet}.{item} has {entry.Hashers.Length} keys, {keys.Length} were given.");
        var writer = new ScaleWriter();
        writer.WriteBytes(Prefix(metadata.Pallet(pallet).StoragePrefix ?? pallet, item));
        for (var i = 0; i < keys.Length; i++)
        {
            var encoded = ScaleEncoder.Encode(metadata.Types, KeyType(metadata, entry, i), keys[i]);
            writer.WriteBytes(Hash(entry.Hashers[i], encoded));
        }
        return writer.ToArray();
    }

    /// <summary>The 32 bytes all keys of an item begin with.</summary>
    public static byte[] Prefix(string storagePrefix, string item) =>
        [.. Twox.Hash128(Encoding.UTF8.GetBytes(storagePrefix)), .. Twox.Hash128(Encoding.UTF8.GetBytes(item))];

    /// <summary>The part of a key that one encoded map key becomes.</summary>
    public static byte[] Hash(StorageHasher hasher, ReadOnlySpan<byte> encodedKey) => hasher switch
    {
        StorageHasher.Blake2With128 => Blake2b.Hash128(encodedKey),
        StorageHasher.Blake2With256 => Blake2b.Hash256(encodedKey),
        StorageHasher.Blake2With128Concat => [.. Blake2b.Hash128(encodedKey), .. encodedKey],
        StorageHasher.Twox128 => Twox.Hash128(encodedKey),
        StorageHasher.Twox256 => Twox.Hash256(encodedKey),
        StorageHasher.Twox64Concat => [.. Twox.Hash64(encodedKey), .. encodedKey],
        StorageHasher.Identity => encodedKey.ToArray(),
        _ => throw new ArgumentOutOfRangeException(nameof(hasher), hasher, "Unknown storage hasher."),
    };

    static uint KeyType(RuntimeMetadata metadata, StorageEntry entry, int index)
    {
        if (entry.Hashers.Length == 1)
            return entry.Key!.Value;
        // Several hashers: the key type is a tuple with one element for each.
        return metadata.Types[entry.Key!.Value].Definition is TypeDefinition.Tuple tuple && tuple.Elements.Length == entry.Hashers.Length
            ? tuple.Elements[index]
            : throw new ScaleException($"Storage item {entry.Name} has {entry.Hashers.Length} hashers but its key is no tuple of as many.");
    }
}
