namespace Bittensor.Crypto;

/// <summary>Unkeyed BLAKE2b (RFC 7693). A shorter digest is a hash of its own, not a truncation.</summary>
public static class Blake2b
{
    /// <summary>Fills <paramref name="digest"/> (16 to 64 bytes) with the hash of <paramref name="data"/>.</summary>
    /// <exception cref="ArgumentException">A digest length outside 16 to 64.</exception>
    public static unsafe void Hash(ReadOnlySpan<byte> data, Span<byte> digest)
    {
        Sodium.EnsureInitialized();
        if (Sodium.crypto_generichash(digest, (nuint)digest.Length, data, (ulong)data.Length, null, 0) != 0)
            throw new ArgumentException($"A BLAKE2b digest has 16 to 64 bytes, not {digest.Length}.", nameof(digest));
    }

    /// <summary>16-byte digest.</summary>
    public static byte[] Hash128(ReadOnlySpan<byte> data) => Hash(data, 16);

    /// <summary>32-byte digest.</summary>
    public static byte[] Hash256(ReadOnlySpan<byte> data) => Hash(data, 32);

    /// <summary>64-byte digest.</summary>
    public static byte[] Hash512(ReadOnlySpan<byte> data) => Hash(data, 64);

    static byte[] Hash(ReadOnlySpan<byte> data, int length)
    {
        var digest = new byte[length];
        Hash(data, digest);
        return digest;
    }
}
