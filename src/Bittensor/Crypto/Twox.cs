using System.Buffers.Binary;
using System.IO.Hashing;

namespace Bittensor.Crypto;

/// <summary>Substrate's twox hashes: XXH64 with seeds 0, 1, ... written little-endian one after the other.</summary>
public static class Twox
{
    /// <summary>8-byte hash.</summary>
    public static byte[] Hash64(ReadOnlySpan<byte> data) => Hash(data, 1);

    /// <summary>16-byte hash.</summary>
    public static byte[] Hash128(ReadOnlySpan<byte> data) => Hash(data, 2);

    /// <summary>32-byte hash.</summary>
    public static byte[] Hash256(ReadOnlySpan<byte> data) => Hash(data, 4);

    static byte[] Hash(ReadOnlySpan<byte> data, int words)
    {
        var result = new byte[8 * words];
        for (var seed = 0; seed < words; seed++)
            BinaryPrimitives.WriteUInt64LittleEndian(result.AsSpan(8 * seed), XxHash64.HashToUInt64(data, seed));
        return result;
    }
}
