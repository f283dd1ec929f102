using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Bittensor.Substrate;

/// <summary>A block's 32-byte BLAKE2b-256 hash. Compares by content, prints as <c>0x</c> and 64 lower-case hex digits.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct BlockHash
{
    /// <summary>Bytes in a hash.</summary>
    public const int Length = 32;

    readonly ulong _first;
    readonly ulong _second;
    readonly ulong _third;
    readonly ulong _fourth;

    /// <param name="bytes">Exactly 32 bytes, in wire order.</param>
    /// <exception cref="ArgumentException">Another length.</exception>
    public BlockHash(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
            throw new ArgumentException($"A block hash has {Length} bytes, not {bytes.Length}.", nameof(bytes));
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        (_first, _second, _third, _fourth) = (words[0], words[1], words[2], words[3]);
    }

    /// <summary>The hash in wire order.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Bytes => MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(in _first, 4));

    /// <summary>Reads 64 hex digits of either case, with or without <c>0x</c>.</summary>
    /// <exception cref="FormatException">Anything else.</exception>
    public static BlockHash Parse(string hex) =>
        TryParse(hex, out var hash) ? hash : throw new FormatException($"'{hex}' is not a block hash: 64 hex digits are expected.");

    /// <summary>Reads 64 hex digits of either case, with or without <c>0x</c>; false for anything else.</summary>
    public static bool TryParse(string? hex, out BlockHash hash)
    {
        hash = default;
        if (!Hex.TryDecode(hex, out var bytes) || bytes.Length != Length)
            return false;
        hash = new BlockHash(bytes);
        return true;
    }

    /// <summary><c>0x</c> and 64 lower-case hex digits.</summary>
    public override string ToString() => Hex.Encode(Bytes);
}
