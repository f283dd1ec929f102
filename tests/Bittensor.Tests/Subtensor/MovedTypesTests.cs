using Bittensor.Scale;
using Bittensor.Substrate;
using Bittensor.Subtensor;
using Bittensor.Tests.Substrate;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bittensor.Tests.Subtensor;

/// <summary>A runtime that changed what is not vital, or the cheapest way of reading the metagraph: another way is found.</summary>
public class MovedTypesTests
{
    const string Api = "SubnetInfoRuntimeApi";

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void TryRead_AxonsOfAnUnknownKind_AreSteppedOver()
    {
        var metadata = Build((builder, account) => builder.AddMethod(
            Api, "get_metagraph", builder.Option(builder.Struct(
                "Metagraph", ("netuid", builder.Primitive(4)), ("axons", builder.Sequence(builder.Sequence(builder.Primitive(3)))),
                ("hotkeys", builder.Sequence(account)), ("total_stake", builder.Sequence(builder.Primitive(6))))),
            ("netuid", builder.Primitive(4))));
        var reply = new ScaleWriter().WriteByte(1).WriteUInt16(27).WriteCompact(1).WriteByteVector([1, 2, 3])
            .WriteCompact(1).WriteBytes(Enumerable.Repeat((byte)5, 32).ToArray()).WriteCompact(1).WriteUInt64(2_000_000_000);
        var columns = new MetagraphColumns();

        Assert.True(MetagraphQuery.Compile(metadata, MetagraphParts.Usual).Calls.Single().TryRead(reply.WrittenSpan, columns));

        var neuron = Assert.Single(columns.ToNeurons());
        Assert.Equal((2.0, AxonInfo.None), (neuron.Stake, neuron.Axon));
    }

    [Fact]
    public void Compile_SelectiveResultWithoutWhatIsNeeded_ReadsTheWhole()
    {
        var metadata = Build((builder, account) =>
        {
            var netuid = builder.Primitive(4);
            builder.AddMethod(Api, "get_selective_metagraph", builder.Option(builder.Struct("Selective", ("netuid", netuid))),
                ("netuid", netuid), ("indexes", builder.Sequence(netuid)));
            builder.AddMethod(Api, "get_metagraph", builder.Option(builder.Struct(
                "Metagraph", ("hotkeys", builder.Sequence(account)), ("total_stake", builder.Sequence(builder.Primitive(6))))), ("netuid", netuid));
        });

        Assert.Equal($"{Api}_get_metagraph", MetagraphQuery.Compile(metadata, MetagraphParts.Usual).Calls.Single().Name);
    }

    [Fact]
    public void Compile_NothingToReadItBy_SaysSo()
    {
        var metadata = Build((builder, _) => builder.AddMethod("Core", "version", builder.Primitive(5)));

        Assert.Contains("metagraph", Assert.Throws<ScaleException>(() => MetagraphQuery.Compile(metadata, MetagraphParts.Usual)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetMetagraph_SelectiveReplyLacksWhatWasAskedFor_ReadsTheWhole()
    {
        await using var chain = await ScriptedChain.StartAsync(RuntimeAge.Current, 16);
        chain.RuntimeReplies[$"{Api}_get_selective_metagraph"] = [1, 0x6c, .. new byte[73]];
        chain.RuntimeReplies[$"{Api}_get_metagraph"] = WholeReply(chain.Metadata);
        await using var client = ClientOf(chain);

        var metagraph = await client.GetMetagraphAsync(new Netuid(27), Cancellation);

        Assert.Equal(7.5, Assert.Single(metagraph.Neurons).Stake);
        Assert.Equal(1_234UL, metagraph.Block);
    }

    [Fact]
    public async Task GetServingRateLimit_RuntimeWithoutTheItem_IsNone()
    {
        await using var chain = await ScriptedChain.StartAsync(RuntimeAge.Current);
        chain.SetRuntime(RuntimeAge.Current, 15, without: "ServingRateLimit");
        await using var client = ClientOf(chain);

        Assert.Equal(0UL, await client.GetServingRateLimitAsync(new Netuid(27), Cancellation));
    }

    static byte[] WholeReply(RuntimeMetadata metadata)
    {
        var output = metadata.FindMethod(Api, "get_metagraph")!.Output;
        Assert.True(metadata.Types.TryGetOption(output, out var content));
        var fields = ((TypeDefinition.Composite)metadata.Types[content].Definition).Fields;
        ScaleValue ValueOf(TypeField field) => field.Name switch
        {
            "hotkeys" => new ScaleValue.Sequence([ScaleValue.Of(new byte[32])]),
            "total_stake" => new ScaleValue.Sequence([ScaleValue.Of(7_500_000_000)]),
            "block" => ScaleValue.Of(1_234),
            _ when metadata.Types[field.Type].Definition is TypeDefinition.Sequence => new ScaleValue.Sequence([]),
            _ => ScaleValue.Of(0),
        };
        var metagraph = new ScaleValue.Composite([.. fields.Select(field => field.Name)], [.. fields.Select(ValueOf)]);
        return ScaleEncoder.Encode(metadata.Types, output, new ScaleValue.Variant("Some", 1, new ScaleValue.Composite([null], [metagraph])));
    }

    static RuntimeMetadata Build(Action<MetadataBuilder, uint> add)
    {
        var builder = new MetadataBuilder();
        var account = builder.Struct("AccountId32", (null, builder.Array(32, builder.Primitive(3))));
        add(builder, account);
        return RuntimeMetadata.Parse(builder.Build(16));
    }

    static SubtensorClient ClientOf(ScriptedChain chain) => new(
        new SubtensorOptions { Endpoints = [chain.Node.Endpoint], FirstBackoff = TimeSpan.FromMilliseconds(10) },
        TimeProvider.System, NullLogger<SubtensorClient>.Instance);
}
