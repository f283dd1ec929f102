using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Bittensor.Crypto;
using Bittensor.Keys;

namespace Bittensor.Synapses;

/// <summary>
/// What a dendrite signs: <c>{nonce}.{dendrite_hotkey}.{axon_hotkey}.{uuid}.{body_hash}</c>. The verifier puts in its own hotkey,
/// so that a request for one axon is worth nothing at another.
/// </summary>
/// <remarks>
/// Source: opentensor/bittensor, bittensor/core/axon.py, Axon.default_verify; dendrite.py, Dendrite.preprocess_synapse_for_request.
/// </remarks>
static class RequestSignature
{
    /// <summary>Longest uuid that is accepted, in characters.</summary>
    public const int MaxUuidLength = 64;

    /// <summary>Longest signed text: 19 digits, two addresses, the uuid, the hash, four dots.</summary>
    const int MaxTextLength = 19 + (2 * 48) + MaxUuidLength + 64 + 4;

    const string HexPrefix = "0x";

    static ReadOnlySpan<byte> WrapStart => "<Bytes>"u8;

    static ReadOnlySpan<byte> WrapEnd => "</Bytes>"u8;

    /// <summary>The header's text of a signature over these values.</summary>
    public static string Sign(Keypair dendrite, string axonHotkey, long nonce, string uuid)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{nonce}.{dendrite.Hotkey}.{axonHotkey}.{uuid}.{BodyHash.Empty}");
        return HexPrefix + Convert.ToHexStringLower(dendrite.Sign(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>Reads <c>0x</c> and 128 hex digits of any letter case into 64 bytes.</summary>
    public static bool TryRead(string? text, Span<byte> signature) =>
        text is { Length: 2 + (2 * Sr25519.SignatureLength) }
        && text.StartsWith(HexPrefix, StringComparison.Ordinal)
        && Convert.FromHexString(text.AsSpan(2), signature, out _, out _) == System.Buffers.OperationStatus.Done;

    /// <summary>
    /// True when the signature is the dendrite's over these values, directly or wrapped in <c>&lt;Bytes&gt;</c> as the reference
    /// wallet library also accepts it.
    /// </summary>
    /// <param name="signature">64 bytes.</param>
    /// <param name="headers">The signed values.</param>
    /// <param name="axonHotkey">The verifier's own address, 48 ASCII bytes.</param>
    public static bool Verify(ReadOnlySpan<byte> signature, in SynapseHeaders headers, ReadOnlySpan<byte> axonHotkey)
    {
        Span<byte> buffer = stackalloc byte[WrapStart.Length + MaxTextLength + WrapEnd.Length];
        var start = WrapStart.Length;
        var end = start;
        Utf8Formatter.TryFormat(headers.Nonce, buffer[end..], out var digits);
        end += digits;
        Append(buffer, ref end, headers.HotkeyText);
        buffer[end++] = (byte)'.';
        axonHotkey.CopyTo(buffer[end..]);
        end += axonHotkey.Length;
        Append(buffer, ref end, headers.Uuid);
        Append(buffer, ref end, BodyHash.Empty);

        var key = headers.Hotkey.Account.Bytes;
        if (Sr25519.Verify(key, buffer[start..end], signature))
            return true;
        WrapStart.CopyTo(buffer);
        WrapEnd.CopyTo(buffer[end..]);
        return Sr25519.Verify(key, buffer[..(end + WrapEnd.Length)], signature);
    }

    static void Append(Span<byte> buffer, ref int end, string text)
    {
        buffer[end++] = (byte)'.';
        end += Encoding.ASCII.GetBytes(text, buffer[end..]);
    }
}
