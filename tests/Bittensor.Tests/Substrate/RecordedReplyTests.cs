using System.Text.Json;
using Bittensor.Scale;
using Bittensor.Substrate;
using Bittensor.Tests.Vectors;

namespace Bittensor.Tests.Substrate;

/// <summary>What a runtime of spec 204 really answered. It says no more than "bytes" of its results; the layouts are those of later metadata.</summary>
public class RecordedReplyTests
{
    public static TheoryData<int, string> Replies
    {
        get
        {
            var replies = new TheoryData<int, string>();
            var index = 0;
            foreach (var reply in VectorFile.Chain["runtime_api_replies_spec204"].EnumerateArray())
                replies.Add(index++, reply.Text("method"));
            return replies;
        }
    }

    [Theory]
    [MemberData(nameof(Replies))]
    public void Decode_RecordedReply_IsReadToItsEndWithItsValues(int index, string method)
    {
        var vector = VectorFile.Chain["runtime_api_replies_spec204"][index];
        var metadata = FinneyMetadata.Metadata;
        var name = method.Split('_', 2);
        var output = metadata.FindMethod(name[0], name[1])!.Output;
        var bytes = vector.Hex("result");
        if (vector.TryGetProperty("inner_hex", out _))
        {
            bytes = new ScaleReader(bytes).ReadByteVector().ToArray();
            Assert.Equal(vector.Hex("inner_hex"), bytes);
            // This runtime leaves the option away: nothing is no bytes at all, a value stands alone. Its subnet state has it.
            if (bytes.Length == 0)
                return;
            if (name[1] != "get_subnet_state" && metadata.Types.TryGetOption(output, out var content))
                output = content;
        }

        var value = ScaleDecoder.Decode(metadata.Types, output, bytes);

        Assert.Equal(bytes, ScaleEncoder.Encode(metadata.Types, output, value));
        if (vector.TryGetProperty("decoded", out var decoded))
            AssertSame(decoded, value is ScaleValue.Variant { Name: "Some" } some ? some.Fields.Values[0] : value, method);
    }

    [Fact]
    public void Decode_RecordedValidTransaction_HasItsParts()
    {
        var vector = VectorFile.Chain["valid_transaction_layout"];
        var metadata = FinneyMetadata.Metadata;
        var output = metadata.FindMethod("TaggedTransactionQueue", "validate_transaction")!.Output;

        var result = ScaleDecoder.Decode(metadata.Types, output, vector.Hex("example_hex")).AsVariant();

        Assert.Equal("Ok", result.Name);
        AssertSame(vector.GetProperty("example_decoded"), result.Fields.Values[0], "validate_transaction");
    }

    [Theory]
    [InlineData("SubnetInfoRuntimeApi", "get_selective_metagraph(27,[0,7,52,55,57,59,62,69])")]
    [InlineData("SubnetInfoRuntimeApi", "get_selective_mechagraph(27,0,[0,7,52,69])")]
    [InlineData("NeuronInfoRuntimeApi", "get_neuron(27,5)")]
    [InlineData("NeuronInfoRuntimeApi", "get_neurons_lite(27)")]
    public void Encode_ParametersByTheRuntimesTypes_AreTheRecordedBytes(string api, string call)
    {
        var metadata = FinneyMetadata.Metadata;
        var method = metadata.FindMethod(api, call[..call.IndexOf('(')])!;
        var arguments = JsonDocument.Parse($"[{call[(call.IndexOf('(') + 1)..^1]}]").RootElement.EnumerateArray().Select(ValueOf);

        var bytes = arguments.Zip(method.Inputs, (value, input) => ScaleEncoder.Encode(metadata.Types, input.Type, value)).SelectMany(part => part);

        Assert.Equal(VectorFile.Chain["runtime_api_params"].Hex(call), bytes.ToArray());

        static ScaleValue ValueOf(JsonElement argument) => argument.ValueKind == JsonValueKind.Array
            ? new ScaleValue.Sequence([.. argument.EnumerateArray().Select(ValueOf)])
            : ScaleValue.Of(argument.GetUInt64());
    }

    static void AssertSame(JsonElement expected, ScaleValue actual, string path)
    {
        switch (expected.ValueKind)
        {
            case JsonValueKind.Object:
                // The vector sums up the list of APIs in words and joins two names of one field.
                foreach (var field in expected.EnumerateObject().Where(field => field.Name is not ("apis" or "state_or_system_version")))
                    AssertSame(field.Value, actual[field.Name], $"{path}.{field.Name}");
                break;
            case JsonValueKind.Array:
                var items = actual switch
                {
                    ScaleValue.Sequence sequence => sequence.Items,
                    ScaleValue.Composite tuple => tuple.Values,
                    _ => throw new InvalidOperationException($"{path} is no list: {actual}"),
                };
                Assert.Equal(expected.GetArrayLength(), items.Length);
                for (var i = 0; i < items.Length; i++)
                    AssertSame(expected[i], items[i], $"{path}[{i}]");
                break;
            case JsonValueKind.String when expected.GetString()!.StartsWith("0x", StringComparison.Ordinal):
                // A remark in words may follow the hex.
                Assert.Equal(expected.GetString()!.Split(' ')[0], "0x" + Convert.ToHexStringLower([.. actual.AsBytes()]));
                break;
            case JsonValueKind.String:
                // Later metadata wraps borrowed texts in a type of their own.
                Assert.Equal(expected.GetString(), Assert.IsType<ScaleValue.Text>(actual is ScaleValue.Composite { Values: [var inner] } ? inner : actual).Value);
                break;
            case JsonValueKind.True or JsonValueKind.False:
                Assert.Equal(expected.GetBoolean(), actual.AsBoolean());
                break;
            default:
                Assert.True(expected.GetUInt64() == actual.AsUInt64(), $"{path} is {actual}, not {expected}");
                break;
        }
    }
}
