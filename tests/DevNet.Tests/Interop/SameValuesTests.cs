using System.Net;
using System.Text.Json.Nodes;
using Bittensor.Keys;
using Bittensor.Subtensor;
using DevNet.Tests.Faults;

namespace DevNet.Tests.Interop;

/// <summary>What the miner reads, read by our client and by @polkadot/api from the same blocks, on every runtime.</summary>
public class SameValuesTests
{
    const int Miner = 1;

    public static TheoryData<DevRuntime> Runtimes => [DevRuntime.Classic, DevRuntime.Current, DevRuntime.Next];

    [Theory]
    [MemberData(nameof(Runtimes))]
    public async Task StorageItems_TheMinerReads_AreTheSame(DevRuntime runtime)
    {
        await using var scene = await FaultScene.OpenAsync(runtime);
        await using var polkadot = PolkadotApiProcess.Start(scene.Chain);
        var (hotkey, uid) = (scene.Miner.Hotkey, await scene.Client.GetUidAsync(FaultScene.Compute, scene.Miner.Hotkey, scene.Patience));
        await ServePrometheusAsync(scene);

        Assert.Equal(uid!.Value.Value, Number(await polkadot.QueryAsync("uids", 27, hotkey.ToString())));
        Assert.Null(await polkadot.QueryAsync("uids", 27, DevAccounts.Eve.ToString()));
        Assert.Null(await scene.Client.GetUidAsync(FaultScene.Compute, new Hotkey(DevAccounts.Eve), scene.Patience));
        Assert.Equal(await scene.Client.GetBurnAsync(FaultScene.Compute, scene.Patience), Number(await polkadot.QueryAsync("burn", 27)));
        Assert.Equal(
            await scene.Client.GetServingRateLimitAsync(FaultScene.Compute, scene.Patience), Number(await polkadot.QueryAsync("servingRateLimit", 27)));
        var account = (await polkadot.AskAsync("query", new() { ["pallet"] = "system", ["item"] = "account", ["keys"] = new JsonArray(DevAccounts.Eve.ToString()) }))!;
        Assert.Equal(await scene.Client.GetBalanceAsync(DevAccounts.Eve, scene.Patience), Number(account["data"]!["free"]));
        AssertSame((await scene.Client.GetAxonAsync(FaultScene.Compute, hotkey, scene.Patience))!, (await polkadot.QueryAsync("axons", 27, hotkey.ToString()))!);
        var ours = (await scene.Client.GetPrometheusAsync(FaultScene.Compute, [hotkey], scene.Patience))[hotkey];
        var theirs = (await polkadot.QueryAsync("prometheus", 27, hotkey.ToString()))!;
        Assert.Equal(
            (ours.Block, ours.Version, Value(ours.Ip), ours.Port, ours.IpType),
            (Number(theirs["block"]), (uint)Number(theirs["version"]), Number(theirs["ip"]), (ushort)Number(theirs["port"]), (byte)Number(theirs["ipType"])));
    }

    [Theory]
    [InlineData(DevRuntime.Current)]
    [InlineData(DevRuntime.Next)]
    public async Task Metagraph_ByRuntimeCall_IsTheSame(DevRuntime runtime)
    {
        await using var scene = await FaultScene.OpenAsync(runtime);
        await using var polkadot = PolkadotApiProcess.Start(scene.Chain);

        var ours = await scene.Client.GetMetagraphAsync(FaultScene.Compute, MetagraphParts.Usual | MetagraphParts.StakeParts, scene.Patience);
        var indices = new JsonArray([.. Enumerable.Range(0, 72).Select(index => (JsonNode)index)]);
        foreach (var theirs in (JsonNode[])
            [
                (await polkadot.CallAsync("getMetagraph", 27))!, (await polkadot.CallAsync("getSelectiveMetagraph", 27, indices))!,
            ])
        {
            Assert.Equal(ours.Block, Number(theirs["block"]));
            Assert.Equal(ours.Neurons.Length, theirs["hotkeys"]!.AsArray().Count);
            foreach (var neuron in ours.Neurons)
                AssertSame(neuron, theirs);
        }
        Assert.Equal(scene.Place.Port, ours.Neurons[Miner].Axon.Port);
    }

    /// <summary>The oldest runtime's calls, whose bytes @polkadot/api decodes by types written from the chain's source.</summary>
    [Fact]
    public async Task Metagraph_OfTheClassicRuntime_IsTheSame()
    {
        const string netuid = "0x1b00";
        await using var scene = await FaultScene.OpenAsync(DevRuntime.Classic);
        await using var polkadot = PolkadotApiProcess.Start(scene.Chain);
        await ServePrometheusAsync(scene);

        var ours = await scene.Client.GetMetagraphAsync(FaultScene.Compute, MetagraphParts.Usual | MetagraphParts.StakeParts, scene.Patience);
        var state = (await BytesAsync(polkadot, "SubnetInfoRuntimeApi_get_subnet_state", netuid, "Option<ClassicSubnetState>"))!;
        var rows = (await BytesAsync(polkadot, "NeuronInfoRuntimeApi_get_neurons_lite", netuid, "Vec<ClassicNeuronLite>"))!.AsArray();

        Assert.Equal(ours.Neurons.Length, rows.Count);
        state["axons"] = new JsonArray([.. rows.Select(row => row!["axonInfo"]!.DeepClone())]);
        foreach (var neuron in ours.Neurons)
        {
            AssertSame(neuron, state);
            var row = rows[neuron.Uid.Value]!;
            Assert.Equal(
                (neuron.Hotkey.ToString(), neuron.Coldkey.ToString(), neuron.ValidatorPermit, neuron.LastUpdate, neuron.Active),
                ((string?)row["hotkey"], (string?)row["coldkey"], (bool)row["validatorPermit"]!, Number(row["lastUpdate"]), (bool)row["active"]!));
        }
        Assert.Equal(scene.Place.Port, ours.Neurons[Miner].Axon.Port);
        Assert.Equal(9100UL, Number(rows[Miner]!["prometheusInfo"]!["port"]));
    }

    static Task<JsonNode?> BytesAsync(PolkadotApiProcess polkadot, string method, string parameters, string type) =>
        polkadot.AskAsync("bytes", new() { ["method"] = method, ["params"] = parameters, ["type"] = type });

    internal static async Task ServePrometheusAsync(FaultScene scene)
    {
        var call = new ServePrometheusCall(190, IPAddress.Parse("203.0.113.11"), 9100);
        var serving = scene.Client.ServePrometheusAsync(FaultScene.Compute, call, scene.Miner, scene.Patience);
        await Task.WhenAny(serving, scene.Chain.WhenPooledAsync());
        await scene.Chain.ProduceBlockAsync();
        await serving;
    }

    static void AssertSame(Neuron ours, JsonNode theirs)
    {
        var uid = ours.Uid.Value;
        Assert.Equal((ours.Hotkey.ToString(), ours.Coldkey.ToString()), ((string?)theirs["hotkeys"]![uid], (string?)theirs["coldkeys"]![uid]));
        Assert.Equal((ours.Active, ours.ValidatorPermit), ((bool)theirs["active"]![uid]!, (bool)theirs["validatorPermit"]![uid]!));
        Assert.Equal(ours.LastUpdate, Number(theirs["lastUpdate"]![uid]));
        Assert.Equal(
            (ours.Stake, ours.AlphaStake, ours.TaoStake, ours.Emission),
            (Units(theirs["totalStake"]![uid]), Units(theirs["alphaStake"]![uid]), Units(theirs["taoStake"]![uid]), Units(theirs["emission"]![uid])));
        Assert.Equal(
            (ours.Trust, ours.Consensus, ours.Incentive, ours.Dividends),
            (Score(theirs["trust"]!, uid), Score(theirs["consensus"]!, uid), Score(theirs["incentives"]!, uid), Score(theirs["dividends"]!, uid)));
        AssertSame(ours.Axon, theirs["axons"]![uid]!);
    }

    static void AssertSame(AxonInfo ours, JsonNode theirs) => Assert.Equal(
        (ours.Block, ours.Version, Value(ours.Ip), ours.Port, ours.IpType, ours.Protocol, ours.Placeholder1, ours.Placeholder2),
        (Number(theirs["block"]), (uint)Number(theirs["version"]), Number(theirs["ip"]), (ushort)Number(theirs["port"]), (byte)Number(theirs["ipType"]),
            (byte)Number(theirs["protocol"]), (byte)Number(theirs["placeholder1"]), (byte)Number(theirs["placeholder2"])));

    static double Units(JsonNode? rao) => Number(rao) / 1e9;

    /// <summary>A score that the runtime no longer keeps comes as an empty list, and reads as 0.</summary>
    static double Score(JsonNode column, int uid) => uid < column.AsArray().Count ? Number(column[uid]) / 65535.0 : 0;

    static ulong Value(IPAddress address) => System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());

    /// <summary>polkadot.js writes numbers beyond 2^53 as hex text.</summary>
    static ulong Number(JsonNode? value) => value!.GetValueKind() == System.Text.Json.JsonValueKind.String
        ? Convert.ToUInt64((string)value!, 16)
        : (ulong)value;
}
