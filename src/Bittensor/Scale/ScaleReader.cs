using System.Buffers.Binary;
using System.Text;

namespace Bittensor.Scale;

/// <summary>
/// Reads SCALE values from a span, in order. Every read is bounds-checked and throws <see cref="ScaleException"/> instead of
/// returning a half-read value; no read allocates more than the input can fill.
/// </summary>
/// <remarks>Source: the SCALE codec as Substrate uses it (paritytech/parity-scale-codec).</remarks>
public ref struct ScaleReader(ReadOnlySpan<byte> data)
{
    readonly ReadOnlySpan<byte> _data = data;

    /// <summary>Offset of the next byte to read.</summary>
    public int Position { get; private set; }

    /// <summary>Bytes not read yet.</summary>
    public readonly int Remaining => _data.Length - Position;

    /// <summary>Takes the next <paramref name="count"/> bytes as they are.</summary>
    public ReadOnlySpan<byte> ReadBytes(int count)
    {
        if ((uint)count > (uint)Remaining)
            throw new ScaleException($"Expected {count} more bytes at offset {Position}, {Remaining} are left.");
        var bytes = _data.Slice(Position, count);
        Position += count;
        return bytes;
    }

    /// <summary>Takes one byte.</summary>
    /// <exception cref="ScaleException">The data does not hold it.</exception>
    public byte ReadByte() => ReadBytes(1)[0];

    /// <summary>Takes one byte, which must be 0 or 1.</summary>
    /// <exception cref="ScaleException">The data does not hold it.</exception>
    public bool ReadBool() => ReadByte() switch
    {
        0 => false,
        1 => true,
        var other => throw new ScaleException($"A bool is 0 or 1, found {other} at offset {Position - 1}."),
    };

    /// <summary>Takes 2 bytes, little-endian.</summary>
    /// <exception cref="ScaleException">The data does not hold it.</exception>
    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16LittleEndian(ReadBytes(2));

    /// <summary>Takes 4 bytes, little-endian.</summary>
    /// <exception cref="ScaleException">The data does not hold it.</exception>
    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(ReadBytes(4));

    /// <summary>Takes 8 bytes, little-endian.</summary>
    /// <exception cref="ScaleException">The data does not hold it.</exception>
    public ulong ReadUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(ReadBytes(8));

    /// <summary>Takes 16 bytes, little-endian.</summary>
    /// <exception cref="ScaleException">The data does not hold it.</exception>
    public UInt128 ReadUInt128() => BinaryPrimitives.ReadUInt128LittleEndian(ReadBytes(16));

    /// <summary>Reads a compact integer of at most 128 bits; a longer one and a non-minimal one are refused.</summary>
    public UInt128 ReadCompact()
    {
        var start = Position;
        var first = ReadByte();
        switch (first & 3)
        {
            case 0:
                return (UInt128)(first >> 2);
            case 1:
                return Minimal((UInt128)((uint)(first >> 2) | ((uint)ReadByte() << 6)), 1 << 6, start);
            case 2:
                Position = start;
                return Minimal(ReadUInt32() >> 2, 1 << 14, start);
            default:
                var length = (first >> 2) + 4;
                if (length > 16)
                    throw new ScaleException($"A compact integer of {length} bytes at offset {start} is wider than 128 bits.");
                Span<byte> wide = stackalloc byte[16];
                wide.Clear();
                ReadBytes(length).CopyTo(wide);
                var minimum = length == 4 ? (UInt128)(1 << 30) : UInt128.One << (8 * (length - 1));
                return Minimal(BinaryPrimitives.ReadUInt128LittleEndian(wide), minimum, start);
        }
    }

    /// <summary>Reads a compact integer that must fit 64 bits.</summary>
    public ulong ReadCompactUInt64()
    {
        var start = Position;
        var value = ReadCompact();
        return value <= ulong.MaxValue ? (ulong)value : throw new ScaleException($"The compact integer at offset {start} does not fit 64 bits.");
    }

    /// <summary>Reads a compact integer that must fit 32 bits.</summary>
    public uint ReadCompactUInt32()
    {
        var start = Position;
        var value = ReadCompact();
        return value <= uint.MaxValue ? (uint)value : throw new ScaleException($"The compact integer at offset {start} does not fit 32 bits.");
    }

    /// <summary>
    /// Reads the element count of a sequence whose elements take at least <paramref name="minimumElementSize"/> bytes each. A count
    /// that the rest of the input cannot hold is refused before anything is allocated. Zero-sized elements pass 0 and get no such check.
    /// </summary>
    public int ReadLength(int minimumElementSize)
    {
        var start = Position;
        var count = ReadCompact();
        if (count > int.MaxValue || (minimumElementSize > 0 && count * (uint)minimumElementSize > (uint)Remaining))
            throw new ScaleException($"A sequence of {count} elements at offset {start} is longer than the {Remaining} bytes left.");
        return (int)count;
    }

    /// <summary>Reads a <c>Vec&lt;u8&gt;</c>: compact length, then the bytes.</summary>
    public ReadOnlySpan<byte> ReadByteVector() => ReadBytes(ReadLength(1));

    /// <summary>Reads a string: compact length, then strict UTF-8.</summary>
    public string ReadString()
    {
        var start = Position;
        try
        {
            return StrictUtf8.GetString(ReadByteVector());
        }
        catch (DecoderFallbackException)
        {
            throw new ScaleException($"The string at offset {start} is not UTF-8.");
        }
    }

    /// <summary>Throws unless every byte was read.</summary>
    public readonly void EnsureEnd()
    {
        if (Remaining != 0)
            throw new ScaleException($"{Remaining} bytes are left over after offset {Position}.");
    }

    static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    static UInt128 Minimal(UInt128 value, UInt128 minimum, int start) =>
        value >= minimum ? value : throw new ScaleException($"The compact integer at offset {start} is not in its shortest form.");
}
