using Bittensor.Scale;
using Bittensor.Substrate;
using Bittensor.Tests.Vectors;

namespace Bittensor.Tests.Substrate;

public class FinneyMetadataTests
{
    [Fact]
    public void Parse_RealMetadata_HasTheKnownNumbers()
    {
        var metadata = FinneyMetadata.Metadata;
        var pallet = metadata.Pallet("SubtensorModule");

        Assert.Equal(16, metadata.Version);
        Assert.Equal(720, metadata.Types.Count);
        Assert.Equal(7, pallet.Index);
        Assert.Equal(59, metadata.Cases(pallet.Calls).Variants.Length);
        Assert.Equal(124, metadata.Cases(pallet.Errors).Variants.Length);
        Assert.Equal(111, metadata.Cases(pallet.Events).Variants.Length);
        Assert.Equal(187, pallet.Storage.Count);
        Assert.Equal(60, pallet.Constants.Count);
        Assert.Equal(22, metadata.Apis.Count);
    }

    [Fact]
    public void Parse_RealMetadata_ListsTheExtensionsOfVersionZero()
    {
        var extrinsic = FinneyMetadata.Metadata.Extrinsic;

        Assert.Equal<byte>([4, 5], extrinsic.Versions);
        Assert.Equal(
            [
                "CheckNonZeroSender", "CheckSpecVersion", "CheckTxVersion", "CheckGenesis", "CheckMortality", "CheckNonce", "CheckWeight",
                "ChargeTransactionPayment", "SudoTransactionExtension", "SubtensorTransactionExtension", "DrandPriority", "CheckMetadataHash",
            ],
            extrinsic.Extensions!.Value.Select(extension => extension.Identifier));
    }

    [Fact]
    public void Parse_EveryPrefix_IsRefused()
    {
        var bytes = FinneyMetadata.Bytes;
        for (var length = 0; length < bytes.Length; length += 1 + (length / 7))
            Assert.Throws<ScaleException>(() => RuntimeMetadata.Parse(bytes.AsSpan(0, length)));
    }

    [Fact]
    public void Parse_ByteAfterTheEnd_IsRefused() =>
        Assert.Throws<ScaleException>(() => RuntimeMetadata.Parse([.. FinneyMetadata.Bytes, 0]));

    [Fact]
    public void Cases_Errors_KeepTheirDocs()
    {
        var metadata = FinneyMetadata.Metadata;
        var error = metadata.Cases(metadata.Pallet("SubtensorModule").Errors).Find("ServingRateLimitExceeded");

        Assert.NotNull(error);
        Assert.Equal(30, error.Index);
        Assert.NotEmpty(error.Docs);
    }

    [Fact]
    public void Default_EveryStorageItem_DecodesToItsLastByte()
    {
        var metadata = FinneyMetadata.Metadata;
        foreach (var entry in metadata.Pallets.SelectMany(pallet => pallet.Storage.Values))
        {
            if (!entry.IsOptional)
                Assert.NotNull(ScaleDecoder.Decode(metadata.Types, entry.Value, entry.Default.AsSpan()));
        }
    }

    [Fact]
    public void Value_EveryConstant_IsSteppedOverAsItIsDecoded()
    {
        var metadata = FinneyMetadata.Metadata;
        foreach (var constant in metadata.Pallets.SelectMany(pallet => pallet.Constants.Values))
        {
            var reader = new ScaleReader(constant.Value.AsSpan());
            ScaleSkipper.Skip(metadata.Types, constant.Type, ref reader);
            Assert.Equal(0, reader.Remaining);
            var value = ScaleDecoder.Decode(metadata.Types, constant.Type, constant.Value.AsSpan());
            Assert.Equal(constant.Value, ScaleEncoder.Encode(metadata.Types, constant.Type, value));
        }
    }

    public static TheoryData<string> Keys => VectorFile.Chain.Names("storage_keys", "pallet", "item", "args");

    [Theory]
    [MemberData(nameof(Keys))]
    public void StorageKeyOf_RealMetadata_IsTheRecordedKey(string name)
    {
        var vector = VectorFile.Chain.Find("storage_keys", name);
        var keys = ChainVectors.Keys(vector.GetProperty("args"));

        Assert.Equal(vector.Hex("key"), StorageKey.Of(FinneyMetadata.Metadata, vector.Text("pallet"), vector.Text("item"), keys));
    }

    public static TheoryData<string> Calls => VectorFile.Chain.Names("calls");

    [Theory]
    [MemberData(nameof(Calls))]
    public void Encode_RealMetadata_IsTheRecordedCall(string name)
    {
        var vector = VectorFile.Chain.Find("calls", name);
        var (pallet, call) = ChainVectors.CallName(vector.Text("name"));

        Assert.Equal(vector.Hex("call_hex"), RuntimeCall.Encode(FinneyMetadata.Metadata, pallet, call, ChainVectors.Arguments(vector.GetProperty("args"))));
    }
}
