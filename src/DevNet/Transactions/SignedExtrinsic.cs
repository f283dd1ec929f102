using Bittensor.Crypto;
using Bittensor.Keys;
using Bittensor.Scale;
using DevNet.Runtime;

namespace DevNet.Transactions;

/// <summary>A signed extrinsic of format 4, decoded.</summary>
sealed class SignedExtrinsic
{
    const byte SignedV4 = 0x84;
    const byte Sr25519Signature = 1;

    /// <summary>All bytes, length prefix included.</summary>
    public required byte[] Bytes { get; init; }

    /// <summary>BLAKE2b-256 of <see cref="Bytes"/>.</summary>
    public required byte[] Hash { get; init; }

    public required AccountId Signer { get; init; }

    /// <summary>The 64 bytes of an sr25519 signature; null for another kind, which this chain does not verify.</summary>
    public required byte[]? Signature { get; init; }

    public required TransactionEra Era { get; init; }

    public required uint Nonce { get; init; }

    public required ulong Tip { get; init; }

    /// <summary>True when the signer put the hash of the metadata under the signature.</summary>
    public required bool WithMetadataHash { get; init; }

    /// <summary>The bytes of the extensions, as signed.</summary>
    public required byte[] Extra { get; init; }

    public required byte[] CallBytes { get; init; }

    public required RuntimeCall Call { get; init; }

    /// <summary>The inner bytes of an extrinsic whose length prefix is right.</summary>
    /// <exception cref="ScaleException">The prefix does not fit the bytes.</exception>
    public static byte[] Unwrap(byte[] bytes)
    {
        var reader = new ScaleReader(bytes);
        var inner = reader.ReadByteVector().ToArray();
        reader.EnsureEnd();
        return inner;
    }

    /// <exception cref="ScaleException">The bytes are no signed extrinsic of this runtime.</exception>
    public static SignedExtrinsic Decode(byte[] bytes, RuntimeDefinition runtime)
    {
        var inner = Unwrap(bytes);
        var reader = new ScaleReader(inner);
        var format = reader.ReadByte();
        if (format != SignedV4)
            throw new ScaleException($"Expected a signed extrinsic of format 4 (0x84), found 0x{format:x2}.");
        var signer = CallDecoder.ReadAddress(ref reader);
        var kind = reader.ReadByte();
        var length = kind switch { 0 or Sr25519Signature => 64, 2 => 65, _ => throw new ScaleException($"No signature kind {kind}.") };
        var signature = reader.ReadBytes(length);
        var usable = kind == Sr25519Signature ? signature.ToArray() : null;

        var extraAt = reader.Position;
        var era = TransactionEra.Read(ref reader);
        var (nonce, tip) = (reader.ReadCompactUInt32(), reader.ReadCompactUInt64());
        var withMetadataHash = reader.ReadBool();
        var callAt = reader.Position;
        var call = CallDecoder.Decode(ref reader, runtime);
        reader.EnsureEnd();
        return new()
        {
            Bytes = bytes,
            Hash = Blake2b.Hash256(bytes),
            Signer = signer,
            Signature = usable,
            Era = era,
            Nonce = nonce,
            Tip = tip,
            WithMetadataHash = withMetadataHash,
            Extra = inner[extraAt..callAt],
            CallBytes = inner[callAt..],
            Call = call,
        };
    }
}
