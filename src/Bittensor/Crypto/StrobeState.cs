using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Bittensor.Crypto;

/// <summary>
/// STROBE-128 over Keccak-f[1600], the subset Merlin uses (meta-AD, AD, KEY, PRF). A value type: a copy is a clone of the state.
/// </summary>
/// <remarks>Source: the STROBE v1.0.2 specification as reduced by Merlin v1.0 (dalek-cryptography/merlin, strobe.rs).</remarks>
struct StrobeState
{
    const int Rate = 166;
    const byte FlagI = 1, FlagA = 2, FlagC = 4, FlagM = 16;

    KeccakState _state;
    byte _position;
    byte _begin;

    public static StrobeState New(ReadOnlySpan<byte> protocolLabel)
    {
        var strobe = default(StrobeState);
        var bytes = strobe._state.Bytes;
        ReadOnlySpan<byte> header = [1, Rate + 2, 1, 0, 1, 96];
        header.CopyTo(bytes);
        "STROBEv1.0.2"u8.CopyTo(bytes[6..]);
        strobe._state.Permute();
        strobe.MetaAd(protocolLabel, more: false);
        return strobe;
    }

    public void MetaAd(ReadOnlySpan<byte> data, bool more)
    {
        Begin(FlagM | FlagA, more);
        Absorb(data);
    }

    public void Ad(ReadOnlySpan<byte> data)
    {
        Begin(FlagA, more: false);
        Absorb(data);
    }

    public void Key(ReadOnlySpan<byte> data)
    {
        Begin(FlagA | FlagC, more: false);
        while (!data.IsEmpty)
        {
            var free = FreeBytes(data.Length);
            data[..free.Length].CopyTo(free);
            data = data[free.Length..];
            Advance(free.Length);
        }
    }

    public void Prf(Span<byte> output)
    {
        Begin(FlagI | FlagA | FlagC, more: false);
        while (!output.IsEmpty)
        {
            var ready = FreeBytes(output.Length);
            ready.CopyTo(output);
            ready.Clear();
            output = output[ready.Length..];
            Advance(ready.Length);
        }
    }

    void Begin(int flags, bool more)
    {
        // A continued operation keeps the flags it began with; nothing is framed again.
        if (more)
            return;
        var oldBegin = _begin;
        _begin = (byte)(_position + 1);
        ReadOnlySpan<byte> frame = [oldBegin, (byte)flags];
        Absorb(frame);
        if ((flags & FlagC) != 0 && _position != 0)
            RunF();
    }

    void Absorb(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            var free = FreeBytes(data.Length);
            Xor(free, data[..free.Length]);
            data = data[free.Length..];
            Advance(free.Length);
        }
    }

    /// <summary>The next bytes of the state, up to <paramref name="wanted"/>, that may be touched before the next permutation.</summary>
    [UnscopedRef]
    Span<byte> FreeBytes(int wanted) => _state.Bytes.Slice(_position, Math.Min(wanted, Rate - _position));

    void Advance(int count)
    {
        _position += (byte)count;
        if (_position == Rate)
            RunF();
    }

    static void Xor(Span<byte> target, ReadOnlySpan<byte> data)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(data);
        var targets = MemoryMarshal.Cast<byte, ulong>(target);
        for (var i = 0; i < words.Length; i++)
            targets[i] ^= words[i];
        for (var i = words.Length * sizeof(ulong); i < data.Length; i++)
            target[i] ^= data[i];
    }

    void RunF()
    {
        var bytes = _state.Bytes;
        bytes[_position] ^= _begin;
        bytes[_position + 1] ^= 0x04;
        bytes[Rate + 1] ^= 0x80;
        _state.Permute();
        _position = 0;
        _begin = 0;
    }
}
