using Bittensor.Crypto;
using Bittensor.Keys;
using Bittensor.Scale;

namespace Bittensor.Substrate;

/// <summary>A signed extrinsic of format 4, ready to be submitted.</summary>
/// <remarks>Source: paritytech/polkadot-sdk, substrate/primitives/runtime/src/generic/unchecked_extrinsic.rs.</remarks>
public sealed class Extrinsic
{
    const byte SignedFormat4 = 0x84;
    const int LongestUnhashedPayload = 256;

    Extrinsic(byte[] bytes) => (Bytes, Hash) = (bytes, new BlockHash(Blake2b.Hash256(bytes)));

    /// <summary>The whole extrinsic, length prefix included.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>BLAKE2b-256 of <see cref="Bytes"/>.</summary>
    public BlockHash Hash { get; }

    /// <summary>Signs a call, see <see cref="RuntimeCall"/>.</summary>
    /// <exception cref="SubstrateException">The runtime wants a format or an extension that is unknown here; nothing was signed.</exception>
    public static Extrinsic Sign(RuntimeMetadata metadata, ReadOnlySpan<byte> call, SigningContext context, Keypair signer)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(signer);
        var extensions = ExtensionPayload.Create(metadata, context);
        var signature = signer.Sign(BytesToSign(call, extensions));
        return Assemble(metadata, call, extensions, signer.Account, signature);
    }

    /// <summary>Call, extra and implicit data; its hash when longer than 256 bytes.</summary>
    internal static byte[] BytesToSign(ReadOnlySpan<byte> call, ExtensionPayload extensions)
    {
        byte[] payload = [.. call, .. extensions.Extra, .. extensions.Implicit];
        return payload.Length > LongestUnhashedPayload ? Blake2b.Hash256(payload) : payload;
    }

    internal static Extrinsic Assemble(
        RuntimeMetadata metadata, ReadOnlySpan<byte> call, ExtensionPayload extensions, AccountId signer, ReadOnlySpan<byte> signature)
    {
        var body = new ScaleWriter().WriteByte(SignedFormat4);
        // MultiAddress::Id and MultiSignature::Sr25519 on Subtensor; another runtime's plain types have no case to name.
        WriteCase(metadata, metadata.Extrinsic.Address, "Id", 0, signer.Bytes, body);
        WriteCase(metadata, metadata.Extrinsic.Signature, "Sr25519", 1, signature, body);
        body.WriteBytes(extensions.Extra).WriteBytes(call);
        return new Extrinsic(new ScaleWriter().WriteByteVector(body.WrittenSpan).ToArray());
    }

    static void WriteCase(RuntimeMetadata metadata, uint? type, string name, byte usualIndex, ReadOnlySpan<byte> bytes, ScaleWriter writer)
    {
        if (type is not { } id)
            writer.WriteByte(usualIndex);
        else if (metadata.Types[id].Definition is TypeDefinition.Variant variant)
            writer.WriteByte((variant.Find(name) ?? throw new ScaleException($"The runtime's {metadata.Types[id].Name} has no case {name}.")).Index);
        writer.WriteBytes(bytes);
    }
}
