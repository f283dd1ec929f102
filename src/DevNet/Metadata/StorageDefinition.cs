using Bittensor.Crypto;

namespace DevNet.Metadata;

/// <summary>One storage item: its keys with their hashers, its value, and what an absent value reads as (null: it is optional).</summary>
sealed record StorageDefinition(string Name, (StorageHasher Hasher, string Type)[] Keys, string Value, byte[]? Default)
{
    /// <summary>
    /// Reads a table with one item per line: <c>Uids(Identity NetUid, Blake2_128Concat AccountId32): u16?</c> (optional) or
    /// <c>Tempo(Identity NetUid): u16 = 6801</c> (default in hex).
    /// </summary>
    public static StorageDefinition[] ParseTable(string table) => [.. TypeText.Lines(table).Select(Parse)];

    /// <summary>The two hashes every key of this item begins with.</summary>
    /// <param name="pallet">The pallet's storage prefix.</param>
    public byte[] Prefix(string pallet) =>
        [.. Twox.Hash128(System.Text.Encoding.UTF8.GetBytes(pallet)), .. Twox.Hash128(System.Text.Encoding.UTF8.GetBytes(Name))];

    /// <summary>Hashes one encoded map key.</summary>
    public static byte[] Hash(StorageHasher hasher, ReadOnlySpan<byte> key) => hasher switch
    {
        StorageHasher.Identity => key.ToArray(),
        StorageHasher.Blake2_128Concat => [.. Blake2b.Hash128(key), .. key],
        StorageHasher.Twox64Concat => [.. Twox.Hash64(key), .. key],
        StorageHasher.Blake2_128 => Blake2b.Hash128(key),
        StorageHasher.Blake2_256 => Blake2b.Hash256(key),
        StorageHasher.Twox128 => Twox.Hash128(key),
        StorageHasher.Twox256 => Twox.Hash256(key),
        _ => throw new ArgumentOutOfRangeException(nameof(hasher)),
    };

    static StorageDefinition Parse(string line)
    {
        var equals = line.IndexOf(" = ", StringComparison.Ordinal);
        var (head, fallback) = equals < 0 ? (line, null) : (line[..equals], Convert.FromHexString(line[(equals + 3)..]));
        var optional = head.EndsWith('?');
        if (optional == fallback is not null)
            throw new FormatException($"The storage item '{line}' must be either optional or have a default.");
        var colon = head.IndexOf("):", StringComparison.Ordinal) is var close and >= 0 ? close + 1 : head.IndexOf(':', StringComparison.Ordinal);
        var (signature, value) = (head[..colon], head[(colon + 1)..].Trim().TrimEnd('?'));
        var open = signature.IndexOf('(', StringComparison.Ordinal);
        var name = open < 0 ? signature : signature[..open];
        var keys = open < 0 ? [] : TypeText.SplitList(signature[(open + 1)..^1]).Select(ParseKey).ToArray();
        return new(name, keys, value, fallback);
    }

    static (StorageHasher Hasher, string Type) ParseKey(string text)
    {
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        return (Enum.Parse<StorageHasher>(text[..space]), text[(space + 1)..]);
    }
}
