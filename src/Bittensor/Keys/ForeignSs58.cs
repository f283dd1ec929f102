using System.Numerics;
using Bittensor.Crypto;

namespace Bittensor.Keys;

/// <summary>
/// Tells a well-formed SS58 address of another network's format from a text that is no address: the first is a second name of a
/// key and is refused as a stranger, the second is refused as unreadable.
/// </summary>
/// <remarks>Source: paritytech/ss58-registry; prefixes below 64 take one byte, the others two.</remarks>
static class ForeignSs58
{
    const int MinLength = 46;
    const int MaxLength = 50;
    const byte OwnFormat = 42;
    const string Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    public static bool IsAddress(string text)
    {
        if (text.Length is < MinLength or > MaxLength)
            return false;
        var number = BigInteger.Zero;
        foreach (var c in text)
        {
            var digit = Alphabet.IndexOf(c, StringComparison.Ordinal);
            if (digit < 0)
                return false;
            number = (number * 58) + digit;
        }
        Span<byte> raw = stackalloc byte[2 + AccountId.Length + 2];
        raw.Clear();
        var length = number.GetByteCount(isUnsigned: true);
        // A format byte of zero is the alphabet's leading "1", which the number does not show.
        if (text[0] == Alphabet[0])
            length++;
        return length <= raw.Length
            && number.TryWriteBytes(raw[(text[0] == Alphabet[0] ? 1 : 0)..], out _, isUnsigned: true, isBigEndian: true)
            && IsWellFormed(raw[..length]);
    }

    static bool IsWellFormed(ReadOnlySpan<byte> raw)
    {
        var prefix = raw[0] < 64 ? 1 : 2;
        if (raw.Length != prefix + AccountId.Length + 2 || raw[0] is OwnFormat or > 127)
            return false;
        Span<byte> preimage = stackalloc byte[7 + 2 + AccountId.Length];
        Span<byte> digest = stackalloc byte[64];
        "SS58PRE"u8.CopyTo(preimage);
        raw[..^2].CopyTo(preimage[7..]);
        Blake2b.Hash(preimage[..(7 + raw.Length - 2)], digest);
        return digest[..2].SequenceEqual(raw[^2..]);
    }
}
