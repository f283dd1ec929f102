using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ComputeMiner.Validator;

/// <summary>What a validator works out itself to believe a row: the row from the seeds, and the root from the row.</summary>
static class GpuProofMath
{
    const int HashLength = 32;

    // Sums of up to 30,000 single-precision products, added in another order.
    const double Tolerance = 1e-3;

    /// <summary>Size of the matrices for a GPU: their product takes a twentieth of its memory.</summary>
    public static int SizeFor(double gigabytes, int smallest) => Math.Max(smallest, (int)Math.Sqrt(gigabytes * 0.1e9 / 8) / 32 * 32);

    /// <summary>
    /// The row of the product: each element of both matrices is ten rounds of xorshift32 over the seed plus both its indices.
    /// </summary>
    public static double[] Row(ulong seedA, ulong seedB, int n, int row)
    {
        var line = Values(seedB, 2 * n - 1);
        var left = Values(seedA + (ulong)row, n);
        var result = new double[n];
        for (var column = 0; column < n; column++)
        {
            for (var k = 0; k < n; k++)
                result[column] += left[k] * line[k + column];
        }
        return result;
    }

    /// <summary>True when the answer is this row and leads to the root.</summary>
    public static bool Holds(ReadOnlySpan<byte> answer, double[] expected, int row, byte[] root)
    {
        var n = expected.Length;
        if (answer.Length < n * sizeof(float) || (answer.Length - n * sizeof(float)) % HashLength != 0)
            return false;
        var bytes = answer[..(n * sizeof(float))];
        for (var column = 0; column < n; column++)
        {
            var value = BinaryPrimitives.ReadSingleLittleEndian(bytes[(column * sizeof(float))..]);
            if (!(Math.Abs(value - expected[column]) <= Tolerance * Math.Abs(expected[column])))
                return false;
        }
        Span<byte> pair = stackalloc byte[2 * HashLength];
        Span<byte> hash = stackalloc byte[HashLength];
        SHA256.HashData(bytes, hash);
        for (var path = answer[bytes.Length..]; path.Length > 0; path = path[HashLength..], row /= 2)
        {
            hash.CopyTo(pair[(row % 2 * HashLength)..]);
            path[..HashLength].CopyTo(pair[((1 - row % 2) * HashLength)..]);
            SHA256.HashData(pair, hash);
        }
        return hash.SequenceEqual(root);
    }

    /// <summary>The content of a .npy file; null when it is none.</summary>
    public static byte[]? ReadArray(byte[] file)
    {
        if (file.Length < 10 || file[0] != 0x93 || !file.AsSpan(1, 5).SequenceEqual("NUMPY"u8))
            return null;
        var start = 10 + BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(8));
        return start <= file.Length ? file[start..] : null;
    }

    static double[] Values(ulong seed, int count)
    {
        var values = new double[count];
        for (var i = 0; i < count; i++)
        {
            var state = (uint)(seed + (ulong)i);
            for (var round = 0; round < 10; round++)
            {
                state ^= state << 13;
                state ^= state >> 17;
                state ^= state << 5;
            }
            values[i] = state / (double)uint.MaxValue;
        }
        return values;
    }
}
