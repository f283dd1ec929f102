using Bittensor.Scale;

namespace Bittensor.Substrate;

/// <summary>The two byte strings that the transaction extensions add: one stands in the extrinsic, both are signed.</summary>
/// <param name="Extra">Stands in the extrinsic.</param>
/// <param name="Implicit">Signed only.</param>
sealed record ExtensionPayload(byte[] Extra, byte[] Implicit)
{
    static readonly ScaleValue Disabled = new ScaleValue.Variant("Disabled", 0, new ScaleValue.Composite([], []));
    static readonly ScaleValue None = new ScaleValue.Variant("None", 0, new ScaleValue.Composite([], []));

    /// <summary>Concatenates what each extension wants, in metadata order. Fails closed on one that is unknown and not empty.</summary>
    public static ExtensionPayload Create(RuntimeMetadata metadata, SigningContext context)
    {
        if (metadata.Extrinsic.Extensions is not { } extensions || !metadata.Extrinsic.Versions.Contains(4))
            throw Unsupported("The runtime no longer takes extrinsics of format 4.");
        var extra = new ScaleWriter();
        var signed = new ScaleWriter();
        foreach (var extension in extensions)
        {
            if (extension.Identifier is "CheckMortality" or "CheckEra")
            {
                // In metadata the era is an enum of 256 cases; its two-byte form is the same.
                extra.WriteBytes(context.Era.Encode());
                Write(metadata, extension, extension.Implicit, ScaleValue.Of(context.EraHash.Bytes), signed);
                continue;
            }
            var (own, implied) = Values(extension.Identifier, context);
            Write(metadata, extension, extension.Type, own, extra);
            Write(metadata, extension, extension.Implicit, implied, signed);
        }
        return new ExtensionPayload(extra.ToArray(), signed.ToArray());
    }

    static (ScaleValue? Own, ScaleValue? Implied) Values(string identifier, SigningContext context) => identifier switch
    {
        "CheckSpecVersion" => (null, ScaleValue.Of(context.SpecVersion)),
        "CheckTxVersion" => (null, ScaleValue.Of(context.TransactionVersion)),
        "CheckGenesis" => (null, ScaleValue.Of(context.GenesisHash.Bytes)),
        "CheckNonce" => (ScaleValue.Of(context.Nonce), null),
        "ChargeTransactionPayment" => (ScaleValue.Of(context.Tip), null),
        // The fee in the chain's own token. Source: paritytech/polkadot-sdk, substrate/frame/transaction-payment/asset-tx-payment/src/lib.rs.
        "ChargeAssetTxPayment" => (new ScaleValue.Composite(["tip", "asset_id"], [ScaleValue.Of(context.Tip), None]), null),
        "CheckMetadataHash" => (Disabled, None),
        _ => (null, null),
    };

    static void Write(RuntimeMetadata metadata, TransactionExtension extension, uint type, ScaleValue? value, ScaleWriter writer)
    {
        if (value is not null)
            ScaleEncoder.Write(metadata.Types, type, value, writer);
        else if (!metadata.Types.IsZeroSized(type))
            throw Unsupported($"The runtime's transaction extension {extension.Identifier} wants data that this version does not know.");
    }

    static SubstrateException Unsupported(string fact) => new($"{fact} Nothing was signed; update this program.", isTransient: false);
}
