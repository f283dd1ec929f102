using System.Buffers.Binary;
using System.Text.Json.Nodes;
using Bittensor.Keys;
using Bittensor.Substrate;
using DevNet.Tests.Faults;

namespace DevNet.Tests.Interop;

/// <summary>
/// Every item in tests/interop/items.txt, decoded whole by our client and by @polkadot/api from one block. That the list is all the miner asks
/// for is a test of the miner's own. Constants are none: the miner reads no constant.
/// </summary>
public class EveryItemTests
{
    /// <summary>Bytes to the metadata, so that their types are written by hand; <see cref="SameValuesTests"/> compares what is read of them.</summary>
    static readonly string[] ClassicCalls = ["call NeuronInfoRuntimeApi_get_neurons_lite", "call SubnetInfoRuntimeApi_get_subnet_state"];

    /// <summary>What the client falls back on where a runtime lacks the call it prefers.</summary>
    static readonly string[] Fallbacks =
    [
        "call SubnetInfoRuntimeApi_get_metagraph", "call SubnetInfoRuntimeApi_get_subnet_state", "call NeuronInfoRuntimeApi_get_neurons_lite",
        "call NeuronInfoRuntimeApi_get_neuron_lite",
    ];

    [Theory]
    [InlineData(DevRuntime.Classic, "classic")]
    [InlineData(DevRuntime.Current, "current")]
    [InlineData(DevRuntime.Next, "next")]
    public async Task Items_OfTheList_AreTheSame(DevRuntime runtime, string age)
    {
        await using var scene = await FaultScene.OpenAsync(runtime);
        await using var polkadot = PolkadotApiProcess.Start(scene.Chain);
        await SameValuesTests.ServePrometheusAsync(scene);
        var items = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Interop", "items.txt"))
            .Select(line => line.Split(' ', 2)).Where(line => line[0] == "all" || line[0] == age).Select(line => line[1])
            .Concat(runtime == DevRuntime.Classic ? [] : Fallbacks).Except(runtime == DevRuntime.Classic ? ClassicCalls : []).ToList();
        Assert.InRange(items.Count, 10, 50);

        var differences = new List<string>();
        foreach (var item in items)
        {
            if (await CompareAsync(scene, polkadot, item) is { } difference)
                differences.Add($"{item}{difference}");
        }

        Assert.Equal([], differences);
    }

    [Fact]
    public void Difference_OfValuesThatDiffer_SaysWhere()
    {
        var ours = new ScaleValue.Composite(["tempo_now", "keys"], [ScaleValue.Of(7), new ScaleValue.Sequence([ScaleValue.Of([1, 2])])]);

        Assert.Null(ScaleAndJson.Difference(ours, JsonNode.Parse("""{"tempoNow":7,"keys":["0x0102"]}""")));
        Assert.Null(ScaleAndJson.Difference(ours, JsonNode.Parse("""{"tempoNow":"0x07","keys":["0x0102"]}""")));
        foreach (var other in (string[])
            [
                """{"tempoNow":8,"keys":["0x0102"]}""", """{"tempoNow":7,"keys":[]}""", """{"tempoNow":7,"keys":["0x0103"]}""",
                """{"tempoNow":7}""", """{"tempoNow":null,"keys":["0x0102"]}""", "null",
            ])
        {
            Assert.NotNull(ScaleAndJson.Difference(ours, JsonNode.Parse(other)));
        }
    }

    [Theory]
    [InlineData(DevRuntime.Classic)]
    [InlineData(DevRuntime.Current)]
    [InlineData(DevRuntime.Next)]
    public async Task Runtime_AsItsMetadataTells_IsTheSame(DevRuntime age)
    {
        await using var scene = await FaultScene.OpenAsync(age);
        await using var polkadot = PolkadotApiProcess.Start(scene.Chain);

        var overview = (await polkadot.AskAsync("overview"))!;
        var runtime = await scene.Client.Substrate.GetRuntimeAsync(scene.Patience);

        Assert.Equal((uint)overview["specVersion"]!, runtime.SpecVersion);
        Assert.Equal(overview["genesis"]!.ToString(), (await scene.Client.Substrate.GetGenesisAsync(scene.Patience)).ToString());
        Assert.Equal(overview["pallets"]!.AsArray().Select(name => (string)name!), runtime.Metadata.Pallets.Select(pallet => $"{pallet.Name}:{pallet.Index}"));
        var calls = (string[])["serve_axon", "serve_axon_tls", "serve_prometheus", "burned_register"];
        Assert.Equal(overview["callIndices"]!.AsArray().Select(index => (string)index!), calls.Select(name => CallIndex(runtime.Metadata, name)));
    }

    static string CallIndex(RuntimeMetadata metadata, string name)
    {
        var pallet = metadata.Pallet("SubtensorModule");
        var call = ((TypeDefinition.Variant)metadata.Types[pallet.Calls!.Value].Definition).Variants.Single(item => item.Name == name);
        return Convert.ToHexStringLower([pallet.Index, call.Index]);
    }

    static async Task<string?> CompareAsync(FaultScene scene, PolkadotApiProcess polkadot, string item)
    {
        var (kind, name) = item.Split(' ') is [var first, var second] ? (first, second) : throw new FormatException(item);
        if (kind == "rpc")
            return await NodeItems.CompareAsync(scene, polkadot, name);
        var head = await scene.Client.Substrate.GetHeadAsync(scene.Patience);
        if (kind == "storage")
        {
            var (pallet, entry) = name.Split('.') is [var left, var right] ? (left, right) : throw new FormatException(item);
            var (keys, texts) = KeysOf(name, scene.Miner.Hotkey);
            var ours = await scene.Client.Substrate.GetStorageAsync(pallet, entry, keys, head.Hash, scene.Patience);
            var theirs = await polkadot.AskAsync("query", new()
            {
                ["pallet"] = char.ToLowerInvariant(pallet[0]) + pallet[1..], ["item"] = char.ToLowerInvariant(entry[0]) + entry[1..], ["keys"] = texts, ["at"] = head.Hash.ToString(),
            });
            Assert.NotNull(theirs);
            return ScaleAndJson.Difference(ours, theirs);
        }
        var (api, method) = name.Split('_', 2) is [var trait, var function] ? (trait, function) : throw new FormatException(item);
        var (bytes, arguments) = ArgumentsOf(method);
        var reply = await scene.Client.Substrate.CallRuntimeAsync(api, method, bytes, head.Hash, scene.Patience);
        var metadata = (await scene.Client.Substrate.GetRuntimeAsync(scene.Patience)).Metadata;
        var answer = await polkadot.AskAsync("call", new() { ["api"] = ScaleAndJson.Camel(api), ["method"] = ScaleAndJson.Camel(method), ["args"] = arguments });
        Assert.NotNull(answer);
        return ScaleAndJson.Difference(ScaleDecoder.Decode(metadata.Types, metadata.FindMethod(api, method)!.Output, reply), answer);
    }

    static (IReadOnlyList<ScaleValue> Keys, JsonArray Texts) KeysOf(string item, Hotkey miner)
    {
        var netuid = FaultScene.Compute.Value;
        return item switch
        {
            "System.Events" or "Timestamp.Now" => ([], []),
            "System.Account" => ([ScaleValue.Of(DevAccounts.Eve.Bytes)], [DevAccounts.Eve.ToString()]),
            "SubtensorModule.Axons" or "SubtensorModule.Prometheus" or "SubtensorModule.Uids" => ([ScaleValue.Of(netuid), ScaleValue.Of(miner.Account.Bytes)], [netuid, miner.ToString()]),
            _ => ([ScaleValue.Of(netuid)], [netuid]),
        };
    }

    static (byte[] Bytes, JsonArray Arguments) ArgumentsOf(string method)
    {
        var netuid = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(netuid, FaultScene.Compute.Value);
        // Every index of the selective metagraph, each a u16 after a compact length of two bytes.
        var indices = Enumerable.Range(0, 73).ToArray();
        return method switch
        {
            "get_selective_metagraph" =>
            (
                [.. netuid, 73 << 2 & 0xff | 1, 73 >> 6, .. indices.SelectMany(index => (byte[])[(byte)index, 0])],
                [FaultScene.Compute.Value, new JsonArray([.. indices.Select(index => (JsonNode)index)])]),
            "metadata_versions" => ([], []),
            "metadata_at_version" => ([15, 0, 0, 0], [15]),
            "get_neuron_lite" => ([.. netuid, 1, 0], [FaultScene.Compute.Value, 1]),
            _ => (netuid, [FaultScene.Compute.Value]),
        };
    }
}
