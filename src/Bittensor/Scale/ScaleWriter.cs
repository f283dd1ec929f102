using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Bittensor.Scale;

/// <summary>Writes SCALE values one after the other. Methods return the writer, so that a value reads like its layout.</summary>
/// <remarks>Source: the SCALE codec as Substrate uses it (paritytech/parity-scale-codec).</remarks>
public sealed class ScaleWriter
{
    readonly ArrayBufferWriter<byte> _buffer = new();

    /// <summary>Bytes written so far.</summary>
    public int Length => _buffer.WrittenCount;

    /// <summary>What was written; valid until the next write.</summary>
    public ReadOnlySpan<byte> WrittenSpan => _buffer.WrittenSpan;

    /// <summary>A copy of what was written.</summary>
    public byte[] ToArray() => _buffer.WrittenSpan.ToArray();

    /// <summary>Appends bytes as they are, without a length.</summary>
    public ScaleWriter WriteBytes(ReadOnlySpan<byte> bytes)
    {
        _buffer.Write(bytes);
        return this;
    }

    /// <summary>Appends one byte.</summary>
    public ScaleWriter WriteByte(byte value)
    {
        _buffer.GetSpan(1)[0] = value;
        _buffer.Advance(1);
        return this;
    }

    /// <summary>Appends 1 for true, 0 for false.</summary>
    public ScaleWriter WriteBool(bool value) => WriteByte(value ? (byte)1 : (byte)0);

    /// <summary>Appends 2 bytes, little-endian.</summary>
    public ScaleWriter WriteUInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.GetSpan(2), value);
        _buffer.Advance(2);
        return this;
    }

    /// <summary>Appends 4 bytes, little-endian.</summary>
    public ScaleWriter WriteUInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.GetSpan(4), value);
        _buffer.Advance(4);
        return this;
    }

    /// <summary>Appends 8 bytes, little-endian.</summary>
    public ScaleWriter WriteUInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer.GetSpan(8), value);
        _buffer.Advance(8);
        return this;
    }

    /// <summary>Appends 16 bytes, little-endian.</summary>
    public ScaleWriter WriteUInt128(UInt128 value)
    {
        BinaryPrimitives.WriteUInt128LittleEndian(_buffer.GetSpan(16), value);
        _buffer.Advance(16);
        return this;
    }

    /// <summary>Writes the shortest compact form of <paramref name="value"/>.</summary>
    public ScaleWriter WriteCompact(UInt128 value)
    {
        if (value < 1 << 6)
            return WriteByte((byte)((byte)value << 2));
        if (value < 1 << 14)
            return WriteUInt16((ushort)(((uint)value << 2) | 1));
        if (value < 1 << 30)
            return WriteUInt32(((uint)value << 2) | 2);
        Span<byte> wide = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128LittleEndian(wide, value);
        var length = Math.Max(4, wide.LastIndexOfAnyExcept((byte)0) + 1);
        return WriteByte((byte)(((length - 4) << 2) | 3)).WriteBytes(wide[..length]);
    }

    /// <summary>Writes a <c>Vec&lt;u8&gt;</c>: compact length, then the bytes.</summary>
    public ScaleWriter WriteByteVector(ReadOnlySpan<byte> bytes) => WriteCompact((uint)bytes.Length).WriteBytes(bytes);

    /// <summary>Writes a string: compact byte length, then UTF-8.</summary>
    public ScaleWriter WriteString(string value) => WriteByteVector(Encoding.UTF8.GetBytes(value));
}
