using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Bittensor.Crypto;

namespace Bittensor.Keys;

/// <summary>
/// SS58 text of a 32-byte key, format 42 only: base58 of the byte 42, the key, and the first two bytes of
/// BLAKE2b-512("SS58PRE" || 42 || key). Other formats of the same key are refused, so that one key has one name.
/// </summary>
/// <remarks>Source: the SS58 registry text in paritytech/ss58-registry; Bittensor uses format 42.</remarks>
public static class Ss58Address
{
    const byte Format = 42;
    const int TextLength = 48;
    const int RawLength = 1 + AccountId.Length + 2;
    const int LimbCount = (RawLength + 3) / 4;
    const string Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    /// <summary>The 48-character address of a 32-byte public key.</summary>
    /// <exception cref="ArgumentException">Another key length.</exception>
    public static string Encode(ReadOnlySpan<byte> publicKey)
    {
        if (publicKey.Length != AccountId.Length)
            throw new ArgumentException($"A public key has {AccountId.Length} bytes, not {publicKey.Length}.", nameof(publicKey));
        Span<byte> raw = stackalloc byte[RawLength];
        raw[0] = Format;
        publicKey.CopyTo(raw[1..]);
        WriteChecksum(raw);
        Span<char> text = stackalloc char[TextLength];
        WriteBase58(raw, text);
        return new string(text);
    }

    /// <summary>The public key of an address.</summary>
    /// <exception cref="FormatException">Not a format-42 address of a 32-byte key; the message says why.</exception>
    public static AccountId Decode(string ss58)
    {
        ArgumentNullException.ThrowIfNull(ss58);
        return Read(ss58, out var account) is { } fault ? throw new FormatException(fault) : account;
    }

    /// <summary>The public key of an address, or false when the text is not a format-42 address of a 32-byte key.</summary>
    public static bool TryDecode([NotNullWhen(true)] string? ss58, out AccountId account)
    {
        account = default;
        return ss58 is not null && Read(ss58, out account) is null;
    }

    static string? Read(string text, out AccountId account)
    {
        account = default;
        if (text.Length != TextLength)
            return $"An SS58 address has {TextLength} characters, this has {text.Length}.";
        Span<byte> padded = stackalloc byte[LimbCount * sizeof(uint)];
        if (ReadBase58(text, padded) is { } fault)
            return fault;
        var body = padded[^RawLength..];
        if (padded[..^RawLength].ContainsAnyExcept((byte)0))
            return "The address is longer than 35 bytes.";
        if (body[0] != Format)
            return $"The address has SS58 format byte {body[0]}, only format {Format} is accepted.";
        Span<byte> expected = stackalloc byte[RawLength];
        body.CopyTo(expected);
        WriteChecksum(expected);
        if (!expected.SequenceEqual(body))
            return "The address has a wrong checksum.";
        account = new AccountId(body.Slice(1, AccountId.Length));
        return null;
    }

    // Five digits at a time, like WriteBase58.
    static string? ReadBase58(string text, Span<byte> raw)
    {
        Span<uint> limbs = stackalloc uint[LimbCount];
        limbs.Clear();
        for (var start = 0; start < text.Length;)
        {
            // The first group is the short one, so that all the others have five digits.
            var end = start + (start == 0 && text.Length % 5 != 0 ? text.Length % 5 : 5);
            var (scale, carry) = (1UL, 0UL);
            for (; start < end; start++)
            {
                var c = text[start];
                var digit = c < 128 ? Digits[c] : (sbyte)-1;
                if (digit < 0)
                    return $"'{c}' is not a base58 character.";
                (scale, carry) = (scale * 58, (carry * 58) + (ulong)digit);
            }
            for (var i = LimbCount - 1; i >= 0; i--)
            {
                carry += limbs[i] * scale;
                limbs[i] = (uint)carry;
                carry >>= 32;
            }
        }
        for (var i = 0; i < LimbCount; i++)
            BinaryPrimitives.WriteUInt32BigEndian(raw[(i * sizeof(uint))..], limbs[i]);
        return null;
    }

    // Divides the 35 bytes by 58^5 again and again, so that one pass yields five digits. 35 bytes that start with 42 are always 48 digits
    // long; there are no leading zeros to render.
    static void WriteBase58(ReadOnlySpan<byte> raw, Span<char> text)
    {
        const uint FiveDigits = 58 * 58 * 58 * 58 * 58;
        Span<byte> padded = stackalloc byte[LimbCount * sizeof(uint)];
        padded.Clear();
        raw.CopyTo(padded[(padded.Length - raw.Length)..]);
        Span<uint> limbs = stackalloc uint[LimbCount];
        for (var i = 0; i < LimbCount; i++)
            limbs[i] = BinaryPrimitives.ReadUInt32BigEndian(padded[(i * sizeof(uint))..]);
        for (var end = text.Length; end > 0; end -= 5)
        {
            var rest = 0UL;
            for (var i = 0; i < LimbCount; i++)
            {
                (var quotient, rest) = Math.DivRem((rest << 32) | limbs[i], FiveDigits);
                limbs[i] = (uint)quotient;
            }
            var digits = (uint)rest;
            for (var at = end - 1; at >= Math.Max(0, end - 5); at--)
            {
                (digits, var digit) = Math.DivRem(digits, 58);
                text[at] = Alphabet[(int)digit];
            }
        }
    }

    static void WriteChecksum(Span<byte> raw)
    {
        Span<byte> preimage = stackalloc byte[7 + 1 + AccountId.Length];
        "SS58PRE"u8.CopyTo(preimage);
        raw[..(1 + AccountId.Length)].CopyTo(preimage[7..]);
        Span<byte> digest = stackalloc byte[64];
        Blake2b.Hash(preimage, digest);
        digest[..2].CopyTo(raw[(1 + AccountId.Length)..]);
    }

    static ReadOnlySpan<sbyte> Digits => DigitTable;

    static readonly sbyte[] DigitTable = BuildDigits();

    static sbyte[] BuildDigits()
    {
        var table = new sbyte[128];
        Array.Fill(table, (sbyte)-1);
        for (var i = 0; i < Alphabet.Length; i++)
            table[Alphabet[i]] = (sbyte)i;
        return table;
    }
}
