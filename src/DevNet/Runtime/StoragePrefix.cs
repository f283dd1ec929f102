using DevNet.Metadata;

namespace DevNet.Runtime;

/// <summary>A storage item together with the bytes all its keys begin with.</summary>
sealed record StoragePrefix(StorageDefinition Definition, byte[] Bytes)
{
    /// <summary>The full storage key for these encoded map keys.</summary>
    public byte[] Key(params ReadOnlySpan<byte[]> parts)
    {
        if (parts.Length != Definition.Keys.Length)
            throw new ArgumentException($"{Definition.Name} takes {Definition.Keys.Length} keys, not {parts.Length}.", nameof(parts));
        var key = new List<byte>(Bytes);
        for (var i = 0; i < parts.Length; i++)
            key.AddRange(StorageDefinition.Hash(Definition.Keys[i].Hasher, parts[i]));
        return [.. key];
    }
}
