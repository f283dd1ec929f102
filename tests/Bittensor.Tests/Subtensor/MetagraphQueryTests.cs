using Bittensor.Scale;
using Bittensor.Substrate;
using Bittensor.Subtensor;
using Bittensor.Tests.Substrate;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bittensor.Tests.Subtensor;

/// <summary>Which of a runtime's calls the metagraph is read by, where some of them are not as they are known.</summary>
public sealed class MetagraphQueryTests
{
    const string Subnet = "SubnetInfoRuntimeApi";
    const string Selective = "get_selective_metagraph";

    readonly MetadataBuilder _builder = new();
    readonly uint _u16, _compact64, _bytes, _accounts, _amounts;

    public MetagraphQueryTests()
    {
        var u8 = _builder.Primitive(3);
        var nothing = _builder.Tuple();
        (_u16, _compact64, _bytes) = (_builder.Primitive(4), _builder.Compact(_builder.Primitive(6)), _builder.Sequence(u8));
        (_accounts, _amounts) = (_builder.Sequence(_builder.Array(32, u8)), _builder.Sequence(_compact64));
        _builder.Extrinsic = (nothing, nothing, nothing, nothing);
    }

    [Fact]
    public void Compile_WholeMetagraphDeclaredAsBytes_TakesWhatIsDescribedOfThatAge()
    {
        AddMethod("get_metagraph", _bytes);
        AddMethod("get_subnet_state", _bytes);

        Assert.Equal([$"{Subnet}_get_subnet_state"], Calls(MetagraphParts.None));
    }

    [Fact]
    public void Compile_SelectiveMetagraphOfAnotherShape_TakesTheWhole()
    {
        AddSelective(_bytes);
        AddMethod("get_metagraph", _builder.Option(Metagraph(("total_stake", _amounts))));

        Assert.Equal([$"{Subnet}_get_metagraph"], Calls(MetagraphParts.None));
    }

    [Fact]
    public void Compile_StakesInFixedPoint_AreNotTakenForWholeNumbers()
    {
        var fixedPoint = _builder.Struct("FixedU128", ("bits", _builder.Primitive(7)));
        AddMethod("get_metagraph", _builder.Option(Metagraph(("total_stake", _builder.Sequence(fixedPoint)))));
        AddMethod("get_subnet_state", _builder.Option(Metagraph(("total_stake", _amounts))));

        Assert.Equal([$"{Subnet}_get_subnet_state"], Calls(MetagraphParts.None));
    }

    [Fact]
    public void TryRead_AxonsOfAnotherShape_BringsTheRest()
    {
        var address = _builder.Enum("Address", [new MetadataCase("Ip4", 4, (null, _builder.Array(4, _builder.Primitive(3))))]);
        var axons = _builder.Sequence(_builder.Struct("AxonInfo", ("where", address)));
        AddMethod("get_metagraph", _builder.Option(Metagraph(("axons", axons), ("total_stake", _amounts))));
        var columns = new MetagraphColumns();

        var call = MetagraphQuery.Compile(RuntimeMetadata.Parse(_builder.Build(15)), MetagraphParts.Usual).Calls[0];

        Assert.True(call.TryRead([1, 4, .. Alice, 4, 4, 203, 0, 113, 10, 4, 28], columns));
        var neuron = Assert.Single(columns.ToNeurons());
        Assert.Equal((7e-9, AxonInfo.None), (neuron.Stake, neuron.Axon));
    }

    [Fact]
    public void TryRead_AxonsInAWrapper_ReadsThem()
    {
        var info = _builder.Struct("AxonInfo", ("ip", _builder.Primitive(7)), ("port", _u16));
        var axons = _builder.Sequence(_builder.Struct("Axon", (null, info)));
        AddMethod("get_metagraph", _builder.Option(Metagraph(("axons", axons), ("total_stake", _amounts))));
        var columns = new MetagraphColumns();

        var call = MetagraphQuery.Compile(RuntimeMetadata.Parse(_builder.Build(15)), MetagraphParts.Usual).Calls[0];

        Assert.True(call.TryRead([1, 4, .. Alice, 4, 10, 113, 0, 203, .. new byte[12], 0x9b, 0x1f, 4, 28], columns));
        var neuron = Assert.Single(columns.ToNeurons());
        Assert.Equal(("203.0.113.10", 8091), (neuron.Axon.Ip.ToString(), neuron.Axon.Port));
    }

    [Fact]
    public async Task Run_SelectiveReplyWithoutWhatWasAskedFor_ReadsTheWhole()
    {
        await using var chain = await ScriptedChain.StartAsync(RuntimeAge.Current);
        await using var client = new SubtensorClient(
            new SubtensorOptions { Endpoints = [chain.Node.Endpoint] }, TimeProvider.System, NullLogger<SubtensorClient>.Instance);
        chain.RuntimeReplies[$"{Subnet}_{Selective}"] = Reply(chain.Metadata, Selective, _ => false);
        chain.RuntimeReplies[$"{Subnet}_get_metagraph"] = Reply(chain.Metadata, "get_metagraph", _ => true);

        var metagraph = await client.GetMetagraphAsync(new Netuid(27), TestContext.Current.CancellationToken);

        Assert.Equal((9_217_264UL, 7.5), (metagraph.Block, Assert.Single(metagraph.Neurons).Stake));
    }

    [Fact]
    public async Task Run_NoCallBringsHotkeys_SaysWhatWasWrongWithTheFirst()
    {
        await using var chain = await ScriptedChain.StartAsync(RuntimeAge.Current);
        await using var client = new SubtensorClient(
            new SubtensorOptions { Endpoints = [chain.Node.Endpoint] }, TimeProvider.System, NullLogger<SubtensorClient>.Instance);
        chain.RuntimeReplies[$"{Subnet}_{Selective}"] = Reply(chain.Metadata, Selective, _ => false);

        var fault = await Assert.ThrowsAsync<SubstrateException>(() => client.GetMetagraphAsync(new Netuid(27), TestContext.Current.CancellationToken));

        Assert.Contains("without hotkeys", fault.Message, StringComparison.Ordinal);
    }

    static byte[] Alice { get; } = [0xd4, .. new byte[31]];

    static byte[] Reply(RuntimeMetadata metadata, string method, Func<string, bool> isGiven)
    {
        var output = metadata.FindMethod(Subnet, method)!.Output;
        Assert.True(metadata.Types.TryGetOption(output, out var content));
        var reply = new ScaleWriter().WriteByte(1);
        foreach (var field in ((TypeDefinition.Composite)metadata.Types[content].Definition).Fields)
        {
            byte[] value = field.Name switch
            {
                "netuid" => [0x6c],
                "block" => [0xc2, 0x93, 0x32, 0x02],
                "hotkeys" or "coldkeys" => [4, .. Alice],
                "total_stake" => [4, 0x07, 0x00, 0xeb, 0x08, 0xbf, 0x01],
                _ => [0],
            };
            var isOption = metadata.Types.TryGetOption(field.Type, out _);
            if (isOption && !isGiven(field.Name!))
                reply.WriteByte(0);
            else
                reply.WriteBytes(isOption ? [1, .. value] : value);
        }
        return reply.ToArray();
    }

    uint Metagraph(params (string? Name, uint Type)[] columns) => _builder.Struct("Metagraph", [("hotkeys", _accounts), .. columns]);

    void AddMethod(string name, uint output) => _builder.AddMethod(Subnet, name, output, ("netuid", _u16));

    void AddSelective(uint output) => _builder.AddMethod(Subnet, Selective, output, ("netuid", _u16), ("metagraph_indexes", _builder.Sequence(_u16)));

    IEnumerable<string> Calls(MetagraphParts parts) =>
        MetagraphQuery.Compile(RuntimeMetadata.Parse(_builder.Build(15)), parts).Calls.Select(call => call.Name);
}
