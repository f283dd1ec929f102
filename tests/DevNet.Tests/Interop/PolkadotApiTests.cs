using System.Text.Json.Nodes;
using Bittensor.Keys;

namespace DevNet.Tests.Interop;

/// <summary>The chain as the field's most used client sees it.</summary>
public class PolkadotApiTests(PolkadotApiProcess polkadot) : IClassFixture<PolkadotApiProcess>
{
    const string Documentation = "3405803786"; // 203.0.113.10

    [Fact]
    public async Task Connect_Overview_NamesWhatTheRealChainHas()
    {
        var overview = (await polkadot.AskAsync("overview"))!;

        Assert.Equal(393, (int)overview["specVersion"]!);
        Assert.Equal(["System:0", "Timestamp:2", "Balances:5", "TransactionPayment:6", "SubtensorModule:7"], Texts(overview["pallets"]));
        Assert.Equal(
            ["CheckNonZeroSender", "CheckSpecVersion", "CheckTxVersion", "CheckGenesis", "CheckMortality", "CheckNonce", "CheckWeight", "ChargeTransactionPayment",
             "SudoTransactionExtension", "CheckShieldedTxValidity", "SubtensorTransactionExtension", "DrandPriority", "CheckMetadataHash"],
            Texts(overview["extensions"]));
        Assert.Equal(["netuid", "version", "ip", "port", "ipType", "protocol", "placeholder1", "placeholder2"], Texts(overview["axonArguments"]));
        Assert.Equal(["0704", "0728", "0705", "0707"], Texts(overview["callIndices"]));
        Assert.Contains("subnetInfoRuntimeApi", Texts(overview["apis"]));
    }

    [Theory]
    [InlineData(14, false)]
    [InlineData(15, true)]
    [InlineData(16, true)]
    public async Task Metadata_EveryFormat_Decodes(int version, bool withApis)
    {
        var metadata = (await polkadot.AskAsync("metadata", new() { ["version"] = version }))!;

        Assert.Equal(version, (int)metadata["version"]!);
        Assert.Equal(withApis ? 8 : 0, (int)metadata["apis"]!);
        Assert.InRange((int)metadata["items"]!, 60, 100);
        Assert.InRange((int)metadata["types"]!, 80, 200);
    }

    [Fact]
    public async Task Storage_GenesisValues_AreRead()
    {
        Assert.Equal(360, (int)(await Query("subtensorModule", "tempo", 27))!);
        Assert.True((bool)(await Query("subtensorModule", "networksAdded", 27))!);
        Assert.False((bool)(await Query("subtensorModule", "networksAdded", 99))!);
        Assert.Null(await Query("subtensorModule", "uids", 27, DevAccounts.Eve.ToString()));
        Assert.Equal(42, (int)(await polkadot.AskAsync("constant", new() { ["pallet"] = "system", ["name"] = "ss58Prefix" }))!);
        var eve = (await Query("system", "account", DevAccounts.Eve.ToString()))!;
        Assert.Equal(1_000_000_000_000_000, Number(eve["data"]!["free"]));
    }

    [Fact]
    public async Task ServeAxon_OfARegisteredHotkey_IsServedForFree()
    {
        polkadot.Chain.RegisterNeuron(new(27), new Hotkey(DevAccounts.Bob), new Coldkey(DevAccounts.Alice));

        var served = await Submit("//Bob", "serveAxon", 27, 190, Documentation, 8091, 4, 4, 0, 0);

        Assert.Equal(["Ready", "InBlock", "Finalized"], Texts(served["statuses"]));
        Assert.Equal(["subtensorModule.AxonServed", "transactionPayment.TransactionFeePaid", "system.ExtrinsicSuccess"], Texts(served["events"]));
        Assert.Equal(DevAccounts.Bob.ToString(), (string?)served["data"]![0]![1]);
        var axon = (await Query("subtensorModule", "axons", 27, DevAccounts.Bob.ToString()))!;
        Assert.Equal((3405803786, 8091, 190), (Number(axon["ip"]), (int)axon["port"]!, (int)axon["version"]!));
        Assert.Equal(1_000_000_000_000_000, Number((await Query("system", "account", DevAccounts.Bob.ToString()))!["data"]!["free"]));

        var again = await Submit("//Bob", "serveAxon", 27, 190, Documentation, 8092, 4, 4, 0, 0);
        Assert.Equal((1010, "Custom error: 12"), Refusal(again));
    }

    [Fact]
    public async Task BurnedRegister_WithFunds_PaysAndGivesAUid()
    {
        var registered = await Submit("//Charlie", "burnedRegister", 1, DevAccounts.Dave.ToString());

        Assert.Null((string?)registered["error"]);
        Assert.Contains("subtensorModule.NeuronRegistered", Texts(registered["events"]));
        var uid = (int)(await Query("subtensorModule", "uids", 1, DevAccounts.Dave.ToString()))!;
        Assert.Equal(DevAccounts.Dave.ToString(), (string?)await Query("subtensorModule", "keys", 1, uid));
        Assert.Equal(DevAccounts.Charlie.ToString(), (string?)await Query("subtensorModule", "owner", DevAccounts.Dave.ToString()));
        Assert.InRange(Number((await Query("system", "account", DevAccounts.Charlie.ToString()))!["data"]!["free"]), 999_999_890_000_000, 999_999_899_999_999);

        var twice = await Submit("//Charlie", "burnedRegister", 1, DevAccounts.Dave.ToString());
        Assert.Equal("subtensorModule.HotKeyAlreadyRegisteredInSubNet", (string?)twice["error"]);
        Assert.Equal("system.ExtrinsicFailed", Texts(twice["events"]).Last());
    }

    [Fact]
    public async Task Submit_OldNonce_IsRefusedAsOutdated()
    {
        Assert.Null((string?)(await Submit("//Ferdie", "burnedRegister", 27, DevAccounts.Ferdie.ToString()))["error"]);

        var refused = await polkadot.AskAsync("submit", new()
        {
            ["uri"] = "//Ferdie", ["method"] = "burnedRegister", ["args"] = new JsonArray(27, DevAccounts.Eve.ToString()), ["options"] = new JsonObject { ["nonce"] = 0 },
        });

        Assert.Equal((1010, "Transaction is outdated"), Refusal(refused!));
    }

    [Fact]
    public async Task ServeAxon_PortZero_IsRefusedByThePool()
    {
        polkadot.Chain.RegisterNeuron(new(1), new Hotkey(DevAccounts.Eve), new Coldkey(DevAccounts.Eve));

        Assert.Equal((1010, "Custom error: 13"), Refusal(await Submit("//Eve", "serveAxon", 1, 190, Documentation, 0, 4, 4, 0, 0)));
        Assert.Equal((1010, "Custom error: 11"), Refusal(await Submit("//Eve", "serveAxon", 1, 190, "2130706433", 8091, 4, 4, 0, 0)));
        Assert.Equal((1010, "Custom error: 255"), Refusal(await Submit("//Eve", "serveAxon", 1, 190, Documentation, 8091, 5, 4, 0, 0)));
        Assert.Equal((1010, "Custom error: 10"), Refusal(await Submit("//Nobody", "serveAxon", 1, 190, Documentation, 8091, 4, 4, 0, 0)));
    }

    [Fact]
    public async Task ServePrometheus_BadPort_FailsInItsBlock()
    {
        polkadot.Chain.RegisterNeuron(new(1), new Hotkey(DevAccounts.Alice), new Coldkey(DevAccounts.Alice));

        Assert.Equal("subtensorModule.InvalidPort", (string?)(await Submit("//Alice", "servePrometheus", 1, 190, Documentation, 0, 4))["error"]);
        Assert.Null((string?)(await Submit("//Alice", "servePrometheus", 1, 190, Documentation, 8091, 4))["error"]);
        Assert.Equal("subtensorModule.ServingRateLimitExceeded", (string?)(await Submit("//Alice", "servePrometheus", 1, 190, Documentation, 8091, 4))["error"]);
    }

    [Fact]
    public async Task RuntimeCalls_OfASubnet_DecodeByTheirDeclaredTypes()
    {
        var (validator, coldkey) = (new Hotkey(Keypair.FromUri("//Validator").Account), new Coldkey(DevAccounts.Alice));
        polkadot.Chain.Change(changes =>
        {
            changes.AddNetwork(new(5));
            changes.RegisterNeuron(new(5), validator, coldkey);
            changes.SetStake(new(5), validator, 20_000_000_000_000);
            changes.SetValidatorPermit(new(5), validator);
        });

        var metagraph = (await Call("subnetInfoRuntimeApi", "getMetagraph", 5))!;
        Assert.Equal(validator.ToString(), (string?)metagraph["hotkeys"]![0]);
        Assert.Equal(20_000_000_000_000, Number(metagraph["totalStake"]![0]));
        Assert.True((bool)metagraph["validatorPermit"]![0]!);
        var selective = (await Call("subnetInfoRuntimeApi", "getSelectiveMetagraph", 5, new JsonArray(0, 7, 52, 69, 72)))!;
        Assert.Equal((5, validator.ToString()), ((int)selective["netuid"]!, (string?)selective["hotkeys"]![0]));
        Assert.Null(selective["coldkeys"]);
        Assert.Equal(0, (int)selective["validators"]![0]!);
        Assert.Equal(20_000_000_000_000, Number((await Call("subnetInfoRuntimeApi", "getSubnetState", 5))!["totalStake"]![0]));
        Assert.Equal(360, (int)(await Call("subnetInfoRuntimeApi", "getSubnetHyperparams", 5))!["tempo"]!);
        var neuron = (await Call("neuronInfoRuntimeApi", "getNeuronsLite", 5))![0]!;
        Assert.Equal((validator.ToString(), true), ((string?)neuron["hotkey"], (bool)neuron["validatorPermit"]!));
        Assert.Equal(coldkey.ToString(), (string?)(await Call("neuronInfoRuntimeApi", "getNeuron", 5, 0))!["coldkey"]);
        Assert.Null(await Call("neuronInfoRuntimeApi", "getNeuronLite", 5, 1));
        Assert.Null(await Call("subnetInfoRuntimeApi", "getMetagraph", 99));
    }

    [Fact]
    public async Task PaymentInfo_OfACall_SaysWhetherItPays()
    {
        Assert.Equal(0, Number(await Fee("serveAxon", 27, 190, Documentation, 8091, 4, 4, 0, 0)));
        Assert.InRange(Number(await Fee("burnedRegister", 27, DevAccounts.Bob.ToString())), 100_000, 300_000);
    }

    Task<JsonNode?> Fee(string method, params JsonNode[] args) =>
        polkadot.AskAsync("fee", new() { ["uri"] = "//Alice", ["method"] = method, ["args"] = new JsonArray(args) });

    Task<JsonNode?> Query(string pallet, string item, params JsonNode[] keys) =>
        polkadot.AskAsync("query", new() { ["pallet"] = pallet, ["item"] = item, ["keys"] = new JsonArray(keys) });

    Task<JsonNode?> Call(string api, string method, params JsonNode[] args) =>
        polkadot.AskAsync("call", new() { ["api"] = api, ["method"] = method, ["args"] = new JsonArray(args) });

    async Task<JsonNode> Submit(string uri, string method, params JsonNode[] args) =>
        (await polkadot.AskAsync("submit", new() { ["uri"] = uri, ["method"] = method, ["args"] = new JsonArray(args) }))!;

    static string[] Texts(JsonNode? list) => [.. list!.AsArray().Select(text => (string)text!)];

    static (int Code, string? Data) Refusal(JsonNode answer) => ((int)answer["code"]!, (string?)answer["data"]);

    /// <summary>polkadot.js writes numbers beyond 2^53 as hex text.</summary>
    static long Number(JsonNode? value) => value!.GetValueKind() == System.Text.Json.JsonValueKind.String
        ? Convert.ToInt64((string)value!, 16)
        : (long)value;
}
