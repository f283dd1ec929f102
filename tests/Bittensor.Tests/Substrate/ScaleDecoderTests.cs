using System.Text.Json;
using Bittensor.Scale;
using Bittensor.Substrate;
using Bittensor.Tests.Vectors;
using CsCheck;

namespace Bittensor.Tests.Substrate;

public class ScaleDecoderTests
{
    [Fact]
    public void Decode_EncodedValueOfAnyType_ComesBack() => Gen.Int.Sample(seed =>
    {
        var random = new RandomTypes(seed);
        var types = random.Registry();
        var type = (uint)types.Count - 1;
        var bytes = ScaleEncoder.Encode(types, type, random.Value(types, type));

        var value = ScaleDecoder.Decode(types, type, bytes);
        var reader = new ScaleReader(bytes);
        ScaleSkipper.Skip(types, type, ref reader);
        return reader.Remaining == 0 && ScaleEncoder.Encode(types, type, value).AsSpan().SequenceEqual(bytes);
    }, iter: PropertyCases.Count);

    [Fact]
    public void Decode_AnyBytes_GiveAValueOrAnError() => Gen.Select(Gen.Int, Gen.Byte.Array[0, 200]).Sample((seed, bytes) =>
    {
        var types = new RandomTypes(seed).Registry();
        try
        {
            return ScaleDecoder.Decode(types, (uint)types.Count - 1, bytes, allowRest: true) is not null;
        }
        catch (ScaleException)
        {
            return true;
        }
    }, iter: PropertyCases.Count);

    [Theory]
    [InlineData(RuntimeAge.Classic, 14)]
    [InlineData(RuntimeAge.Current, 15)]
    [InlineData(RuntimeAge.Next, 16)]
    public void Parse_MutatedMetadata_GivesAnErrorOrMetadataThatDecodesWithinBounds(RuntimeAge age, byte format)
    {
        var blob = TestRuntime.Blob(age, format);
        Gen.Select(Gen.Int[0, blob.Length - 1], Gen.Byte, Gen.Int[0, blob.Length - 1], Gen.Byte).Sample((first, one, second, two) =>
        {
            var mutated = blob.ToArray();
            (mutated[first], mutated[second]) = (one, two);
            try
            {
                var metadata = RuntimeMetadata.Parse(mutated);
                EventDecoder.Decode(metadata, VectorFile.Chain["events_spec393_synthetic"].Hex("hex"));
            }
            catch (ScaleException)
            {
            }
        }, iter: PropertyCases.Count / 3);
    }

    [Fact]
    public void Decode_EndlessType_IsRefused()
    {
        var types = new TypeRegistry([new MetadataType(0, [], [], new TypeDefinition.Composite([new TypeField("self", 0)]))]);

        Assert.Throws<ScaleException>(() => ScaleDecoder.Decode(types, 0, []));
    }

    [Fact]
    public void Decode_BillionsOfEmptyValues_AreRefused()
    {
        var types = new TypeRegistry([
            new MetadataType(0, [], [], new TypeDefinition.Tuple([])),
            new MetadataType(1, [], [], new TypeDefinition.Array(int.MaxValue, 0)),
            new MetadataType(2, [], [], new TypeDefinition.Sequence(0)),
        ]);

        Assert.Throws<ScaleException>(() => ScaleDecoder.Decode(types, 1, []));
        Assert.Throws<ScaleException>(() => ScaleDecoder.Decode(types, 2, [0xfe, 0xff, 0xff, 0xff]));
    }

    [Fact]
    public void Decode_TypeThatFansOut_IsRefused()
    {
        var doubling = Enumerable.Range(0, 60).Select(id => new MetadataType(
            (uint)id, [], [], id == 0 ? new TypeDefinition.Sequence(0) : new TypeDefinition.Tuple([(uint)id - 1, (uint)id - 1])));
        var types = new TypeRegistry([.. doubling]);

        Assert.Throws<ScaleException>(() => ScaleDecoder.Decode(types, 59, new byte[1000]));
    }

    [Fact]
    public void Constructor_ReferenceToAMissingType_IsRefused() =>
        Assert.Throws<ScaleException>(() => new TypeRegistry([new MetadataType(0, [], [], new TypeDefinition.Sequence(7))]));

    [Theory]
    [InlineData("NeuronInfoRuntimeApi", "get_neuron_lite", "Option<NeuronInfoLite> (get_neuron_lite result)")]
    [InlineData("NeuronInfoRuntimeApi", "get_neuron", "Option<NeuronInfo> (get_neuron result)")]
    public void Decode_RecordedNeuronByRealTypes_HasItsFields(string api, string method, string vector)
    {
        var metadata = FinneyMetadata.Metadata;
        var output = metadata.FindMethod(api, method)!.Output;

        var some = ScaleDecoder.Decode(metadata.Types, output, VectorFile.Chain["scale_values_spec393"].GetProperty(vector).Hex("hex")).AsVariant();

        Assert.Equal("Some", some.Name);
        var neuron = some.Fields.Values[0];
        Assert.Equal((5UL, 27UL, true), (neuron["uid"].AsUInt64(), neuron["netuid"].AsUInt64(), neuron["active"].AsBoolean()));
        Assert.Equal(3405803786UL, neuron["axon_info"]["ip"].AsUInt64());
        Assert.Equal(123456789UL, neuron["emission"].AsUInt64());
        Assert.Equal(65535UL, neuron["pruning_score"].AsUInt64());
    }

    public static TheoryData<string> StorageValues => VectorFile.Chain.Names("storage_values_spec204", "item");

    [Theory]
    [MemberData(nameof(StorageValues))]
    public void Decode_RecordedStorageValue_IsReadToItsEndAndWrittenBack(string name)
    {
        var vector = VectorFile.Chain.Find("storage_values_spec204", name);
        var metadata = TestRuntime.Metadata(RuntimeAge.Classic);
        var parts = vector.Text("item").Split('(', ' ')[0].Split('.');
        var entry = metadata.StorageEntry(parts[0], parts[1]);
        if (vector.GetProperty("value").ValueKind == JsonValueKind.Null)
        {
            Assert.True(entry.IsOptional);
            return;
        }

        var value = ScaleDecoder.Decode(metadata.Types, entry.Value, vector.Hex("value"));

        Assert.Equal(vector.Hex("value"), ScaleEncoder.Encode(metadata.Types, entry.Value, value));
        if (vector.GetProperty("decoded").ValueKind == JsonValueKind.Number)
            Assert.Equal(vector.GetProperty("decoded").GetUInt64(), value.AsUInt64());
    }
}
