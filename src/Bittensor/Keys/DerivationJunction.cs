using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Bittensor.Crypto;

namespace Bittensor.Keys;

/// <summary>One step of a derivation path: <c>//hard</c> or <c>/soft</c> and the 32-byte chain code its text stands for.</summary>
/// <remarks>Source: paritytech/polkadot-sdk, substrate/primitives/core/src/crypto.rs, DeriveJunction.</remarks>
public sealed class DerivationJunction
{
    /// <summary>Bytes in a chain code.</summary>
    public const int ChainCodeLength = 32;

    readonly byte[] _chainCode;

    DerivationJunction(bool isHard, string code)
    {
        IsHard = isHard;
        _chainCode = ToChainCode(code);
    }

    /// <summary>True when the child cannot be linked to its parent's public key.</summary>
    public bool IsHard { get; }

    /// <summary>32 bytes.</summary>
    public ReadOnlySpan<byte> ChainCode => _chainCode;

    /// <summary>The step <c>//code</c>.</summary>
    public static DerivationJunction Hard(string code) => new(isHard: true, code);

    /// <summary>The step <c>/code</c>.</summary>
    public static DerivationJunction Soft(string code) => new(isHard: false, code);

    // A decimal number is a little-endian u64, anything else a SCALE string; what does not fit into 32 bytes is hashed.
    static byte[] ToChainCode(string code)
    {
        ArgumentException.ThrowIfNullOrEmpty(code);
        var chainCode = new byte[ChainCodeLength];
        if (ulong.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            BinaryPrimitives.WriteUInt64LittleEndian(chainCode, number);
            return chainCode;
        }
        byte[] text = Encoding.UTF8.GetBytes(code);
        byte[] encoded = [.. CompactLength(text.Length), .. text];
        if (encoded.Length > ChainCodeLength)
            return Blake2b.Hash256(encoded);
        encoded.CopyTo(chainCode, 0);
        return chainCode;
    }

    static byte[] CompactLength(int length)
    {
        if (length < 1 << 6)
            return [(byte)(length << 2)];
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, ((uint)length << 2) | (length < 1 << 14 ? 1u : 2u));
        return length < 1 << 14 ? bytes[..2] : bytes;
    }
}
