using System.Text.Json;
using Bittensor.Crypto;
using Bittensor.Keys;
using Bittensor.Scale;
using Bittensor.Substrate;
using Bittensor.Tests.Vectors;

namespace Bittensor.Tests.Substrate;

public class ExtrinsicTests
{
    public static TheoryData<string> Cases => VectorFile.Chain.Names("signing", "label");

    [Theory]
    [MemberData(nameof(Cases))]
    public void BytesToSign_Vector_AreTheRecordedOnesAndTheSignatureVerifies(string name)
    {
        var vector = VectorFile.Chain.Find("signing", name);
        var call = vector.Hex("call_hex");
        var extensions = ExtensionPayload.Create(MetadataOf(vector), Context(vector));

        Assert.Equal(vector.Hex("included_in_extrinsic_hex"), extensions.Extra);
        Assert.Equal(vector.Hex("included_in_signed_data_hex"), extensions.Implicit);
        var signed = Extrinsic.BytesToSign(call, extensions);
        Assert.Equal(vector.Hex("bytes_to_sign_hex"), signed);
        Assert.True(Sr25519.Verify(Ss58Address.Decode(vector.Text("signer")).Bytes, signed, vector.Hex("example_signature_hex")));
    }

    [Fact]
    public void Sign_WorkedExample_HasTheRecordedFrame()
    {
        var vector = VectorFile.Chain["signing"][0];
        using var alice = Keypair.FromMiniSecret(VectorFile.Chain["accounts"][0].Hex("mini_secret_seed"));
        var metadata = MetadataOf(vector);

        var extrinsic = Extrinsic.Sign(metadata, vector.Hex("call_hex"), Context(vector), alice);

        var bytes = extrinsic.Bytes.Span;
        Assert.Equal(136, bytes.Length);
        Assert.Equal("19028400d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d01", Convert.ToHexStringLower(bytes[..37]));
        Assert.True(Sr25519.Verify(alice.Account.Bytes, vector.Hex("bytes_to_sign_hex"), bytes.Slice(37, 64)));
        Assert.Equal(vector.Text("included_in_extrinsic_hex")[2..] + vector.Text("call_hex")[2..], Convert.ToHexStringLower(bytes[101..]));
        Assert.Equal(new BlockHash(Blake2b.Hash256(bytes)), extrinsic.Hash);
    }

    [Fact]
    public void Create_UnknownExtensionWithData_IsRefused()
    {
        // In V15 the extension that V16 keeps out of version 0 counts as one of the list.
        var fault = Assert.Throws<SubstrateException>(() => ExtensionPayload.Create(TestRuntime.Metadata(RuntimeAge.Next, 15), AnyContext));

        Assert.False(fault.IsTransient);
        Assert.Contains("VerifyOtherKeys", fault.Message);
    }

    [Fact]
    public void Create_FeeInAnAssetOffered_PaysNoTipAndInNoAsset()
    {
        var builder = new MetadataBuilder();
        var nothing = builder.Tuple();
        builder.Extrinsic = (nothing, nothing, nothing, nothing);
        var fee = builder.Struct("ChargeAssetTxPayment", ("tip", builder.Compact(builder.Primitive(7))), ("asset_id", builder.Option(builder.Primitive(5))));
        builder.AddExtension("ChargeAssetTxPayment", fee, nothing);

        var payload = ExtensionPayload.Create(RuntimeMetadata.Parse(builder.Build(15)), AnyContext);

        Assert.Equal([0, 0], payload.Extra);
        Assert.Empty(payload.Implicit);
    }

    [Fact]
    public void Create_ExtensionOutsideVersionZero_IsLeftOut()
    {
        var next = ExtensionPayload.Create(TestRuntime.Metadata(RuntimeAge.Next, 16), AnyContext);
        var current = ExtensionPayload.Create(TestRuntime.Metadata(RuntimeAge.Current, 16), AnyContext);

        Assert.Equal(current.Extra, next.Extra);
        Assert.Equal(current.Implicit, next.Implicit);
    }

    [Fact]
    public void Encode_OptionalArgumentAppended_IsLeftOutAndIndicesFollowTheMetadata()
    {
        var vector = VectorFile.Chain["calls"][0];
        var call = RuntimeCall.Encode(
            TestRuntime.Metadata(RuntimeAge.Next, 16), "SubtensorModule", "serve_axon", ChainVectors.Arguments(vector.GetProperty("args")));

        Assert.Equal([9, 44, .. vector.Hex("call_hex")[2..], 0], call);
    }

    [Fact]
    public void Encode_ArgumentMissing_IsRefused() => Assert.Throws<ScaleException>(() => RuntimeCall.Encode(
        TestRuntime.Metadata(RuntimeAge.Current), "SubtensorModule", "burned_register", ("netuid", ScaleValue.Of(27))));

    [Fact]
    public void Encode_ArgumentUnknown_IsRefused() => Assert.Throws<ScaleException>(() => RuntimeCall.Encode(
        TestRuntime.Metadata(RuntimeAge.Current), "System", "remark", ("remark", ScaleValue.Of([1])), ("more", ScaleValue.Of(1))));

    static SigningContext AnyContext { get; } = new(500, 1, default, 3, Era.Mortal(32, 100), default);

    static RuntimeMetadata MetadataOf(JsonElement vector) =>
        TestRuntime.Metadata(vector.GetProperty("spec_version").GetInt32() < 300 ? RuntimeAge.Classic : RuntimeAge.Current);

    static SigningContext Context(JsonElement vector)
    {
        // The era's bytes are recorded, its parts are not: low four bits are the exponent, the rest the phase.
        var bytes = vector.Hex("era_hex");
        var word = bytes.Length == 1 ? 0 : BitConverter.ToUInt16(bytes);
        var era = word == 0 ? Era.Immortal : Era.Mortal(1 << ((word & 15) + 1), (ulong)(word >> 4));
        return new SigningContext(
            vector.GetProperty("spec_version").GetUInt32(),
            vector.GetProperty("transaction_version").GetUInt32(),
            new BlockHash(vector.Hex("genesis_hash")),
            vector.GetProperty("nonce").GetUInt64(),
            era,
            new BlockHash(vector.Hex("era_block_hash")),
            vector.GetProperty("tip").GetUInt64());
    }
}
