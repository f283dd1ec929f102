using Bittensor.Scale;
using Bittensor.Substrate;
using Bittensor.Subtensor;
using Bittensor.Tests.Substrate;
using Bittensor.Tests.Vectors;
using CsCheck;

namespace Bittensor.Tests.Subtensor;

public class RuntimeRepliesTests
{
    const string Selective = "Option<SelectiveMetagraph> (get_selective_metagraph result, indexes 0,7,8,9,10,30,52,53,55,57,59,60,62,63,69)";

    [Fact]
    public void TryRead_SelectiveMetagraph_HasEveryColumn()
    {
        var columns = new MetagraphColumns();
        var call = MetagraphCall.OfColumns(FinneyMetadata.Metadata, "SubnetInfoRuntimeApi", "get_selective_metagraph", ClassicTypes.SubnetState);

        Assert.True(call.TryRead(VectorFile.Chain["scale_values_spec393"].GetProperty(Selective).Hex("hex"), columns));

        Assert.Equal(7654321UL, columns.Block);
        var neurons = columns.ToNeurons();
        Assert.Equal(2, neurons.Length);
        Assert.Equal("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY", neurons[0].Hotkey.ToString());
        Assert.Equal("5FLSigC9HGRKVhB9FiEo4Y3koPsNmBmLJbpXg2mp1hXcS59Y", neurons[1].Coldkey.ToString());
        Assert.Equal(5.0, neurons[0].Stake);
        Assert.Equal(12345.678901234, neurons[1].Stake);
        Assert.Equal((false, true), (neurons[0].ValidatorPermit, neurons[1].ValidatorPermit));
        Assert.Equal((7653900UL, 7654200UL), (neurons[0].LastUpdate, neurons[1].LastUpdate));
        Assert.Equal(0.123456789, neurons[0].Emission);
        Assert.Equal(321 / 65535.0, neurons[0].Incentive);
        Assert.Equal(654 / 65535.0, neurons[0].Consensus);
        Assert.Equal("203.0.113.10:8091 190", $"{neurons[0].Axon.Ip}:{neurons[0].Axon.Port} {neurons[0].Axon.Version}");
        Assert.Same(AxonInfo.None, neurons[1].Axon);
    }

    [Fact]
    public void Compile_RealMetadata_AsksSelectivelyByPosition()
    {
        var query = MetagraphQuery.Compile(FinneyMetadata.Metadata, MetagraphParts.None);

        Assert.Equal(["SubnetInfoRuntimeApi_get_selective_metagraph"], query.Calls.Select(call => call.Name));
        Assert.Equal("1b0024" + "0000" + "0700" + "3400" + "3900" + "3b00" + "3c00" + "3e00" + "3f00" + "4500", Convert.ToHexStringLower(query.Calls[0].Parameters(new Netuid(27))));
    }

    [Fact]
    public void TryRead_FieldsAppendedAndCompactsWrapped_ReadsTheSameColumns()
    {
        var metadata = TestRuntime.Metadata(RuntimeAge.Next, 16);
        var columns = new MetagraphColumns();

        Assert.True(MetagraphQuery.Compile(metadata, MetagraphParts.Usual).Calls[0].TryRead(NextReply(metadata), columns));

        var neuron = Assert.Single(columns.ToNeurons());
        Assert.Equal((9_217_264UL, 7.5, 1.0, 0.0), (columns.Block, neuron.Stake, neuron.Incentive, neuron.Trust));
        Assert.Equal(Alice, neuron.Hotkey.Account.Bytes.ToArray());
    }

    [Fact]
    public void TryRead_MutatedReply_GivesColumnsOrAnErrorWithinBounds()
    {
        const int MostBytesPerByte = 512;
        var metadata = TestRuntime.Metadata(RuntimeAge.Next, 16);
        var call = MetagraphQuery.Compile(metadata, MetagraphParts.Usual).Calls[0];
        var reply = NextReply(metadata);
        // What is made once, whatever the reply says, is made before anything is counted.
        call.TryRead(reply, new MetagraphColumns());

        Gen.Select(Gen.Int[0, reply.Length - 1], Gen.Byte, Gen.Int[0, reply.Length - 1], Gen.Byte, Gen.Int[0, reply.Length]).Sample(
            (first, one, second, two, length) =>
            {
                var mutated = reply.ToArray();
                (mutated[first], mutated[second]) = (one, two);
                var columns = new MetagraphColumns();
                var before = GC.GetAllocatedBytesForCurrentThread();
                try
                {
                    if (call.TryRead(mutated.AsSpan(0, length), columns))
                        columns.ToNeurons();
                }
                catch (ScaleException)
                {
                }
                return GC.GetAllocatedBytesForCurrentThread() - before < MostBytesPerByte * reply.Length;
            },
            iter: PropertyCases.Count);
    }

    static byte[] Alice { get; } = [0xd4, .. new byte[31]];

    /// <summary>A selective metagraph of one neuron, as a runtime that appended fields and wrapped its compacts answers it.</summary>
    static byte[] NextReply(RuntimeMetadata metadata)
    {
        var output = metadata.FindMethod("SubnetInfoRuntimeApi", "get_selective_metagraph")!.Output;
        Assert.True(metadata.Types.TryGetOption(output, out var content));
        var fields = ((TypeDefinition.Composite)metadata.Types[content].Definition).Fields;
        ScaleValue ValueOf(string? name) => name switch
        {
            "netuid" => ScaleValue.Of(27),
            "hotkeys" => Some(new ScaleValue.Sequence([ScaleValue.Of(Alice)])),
            "total_stake" => Some(new ScaleValue.Sequence([ScaleValue.Of(7_500_000_000)])),
            "incentives" => Some(new ScaleValue.Sequence([ScaleValue.Of(65535)])),
            "trust" => Some(new ScaleValue.Sequence([])),
            "block" => Some(ScaleValue.Of(9_217_264)),
            "field3" or "field75" => Some(ScaleValue.Of(1)),
            _ => new ScaleValue.Variant("None", 0, new ScaleValue.Composite([], [])),
        };
        var metagraph = new ScaleValue.Composite([.. fields.Select(field => field.Name)], [.. fields.Select(field => ValueOf(field.Name))]);
        return ScaleEncoder.Encode(metadata.Types, output, Some(metagraph));
    }

    static ScaleValue.Variant Some(ScaleValue value) => new("Some", 1, new ScaleValue.Composite([null], [value]));
}
