using System.Globalization;
using System.Text.Json.Nodes;
using Bittensor.Crypto;
using Bittensor.Scale;

namespace DevNet.Tests.Rpc;

/// <summary>The rules of JSON-RPC and of a node's state queries, frame by frame.</summary>
public sealed class ProtocolTests : IAsyncLifetime
{
    /// <summary>twox128("System") ++ twox128("Number").</summary>
    const string NumberKey = "0x26aa394eea5630e07c48ae0c9558cef702a5c1b19ab7a04f536c519aca4983ac";

    DevChain _chain = null!;
    RpcClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _chain = await DevChain.StartAsync(new DevChainOptions { StateBlocks = 4, FinalityLag = 1 });
        _client = await RpcClient.ConnectAsync(_chain);
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _chain.DisposeAsync();
    }

    [Theory]
    [InlineData("{", -32700)]
    [InlineData("[]", -32600)]
    [InlineData("7", -32600)]
    [InlineData("""{"jsonrpc":"1.0","id":1,"method":"system_chain"}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":1}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"no_such_method"}""", -32601)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"state_getPairs","params":["0x"]}""", -32601)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"system_chain","params":{"named":1}}""", -32602)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"state_getStorage"}""", -32602)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"state_getStorage","params":["26aa"]}""", -32602)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"state_getStorage","params":["0x26a"]}""", -32602)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"chain_getHeader","params":["0x00"]}""", -32602)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"chain_getBlockHash","params":["x"]}""", -32602)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"state_getKeysPaged","params":["0x",1001]}""", 4002)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"system_accountNextIndex","params":["5Nobody"]}""", -32602)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"state_call","params":["No_such_api","0x"]}""", 4003)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"state_call","params":["AccountNonceApi_account_nonce","0x00"]}""", 4003)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"author_submitExtrinsic","params":["0x1234"]}""", 1001)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"author_submitExtrinsic","params":["0x0484"]}""", 1002)]
    public async Task Request_ThatIsWrong_GetsItsCode(string request, int code)
    {
        await _client.SendAsync(request);

        var reply = await _client.ReceiveAsync();

        Assert.Equal(code, (int)reply["error"]!["code"]!);
        Assert.Equal("2.0", (string?)reply["jsonrpc"]);
    }

    [Fact]
    public async Task Batch_WithANotification_AnswersTheOthersInOneFrame()
    {
        await _client.SendAsync("""
            [{"jsonrpc":"2.0","id":"a","method":"system_chain"},{"jsonrpc":"2.0","method":"system_name"},{"jsonrpc":"2.0","id":null,"method":"nothing"},1]
            """);

        var replies = (await _client.ReceiveAsync()).AsArray();

        Assert.Equal(3, replies.Count);
        Assert.Equal(("a", "Bittensor"), ((string?)replies[0]!["id"], (string?)replies[0]!["result"]));
        Assert.Equal(-32601, (int)replies[1]!["error"]!["code"]!);
        Assert.Equal(-32600, (int)replies[2]!["error"]!["code"]!);
    }

    [Fact]
    public async Task Subscription_OpenedAndClosed_RepliesFirstAndThenStaysSilent()
    {
        var id = await _client.TextAsync("chain_subscribeNewHeads");
        Assert.Equal((id, "0x0"), Head(await _client.ReceiveAsync(), "chain_newHead"));
        await _chain.ProduceBlockAsync();
        Assert.Equal((id, "0x1"), Head(await _client.ReceiveAsync(), "chain_newHead"));

        Assert.True((bool)(await _client.ResultAsync("chain_unsubscribeNewHeads", id))!);
        await _chain.ProduceBlockAsync();
        Assert.False((bool)(await _client.ResultAsync("chain_unsubscribeNewHeads", id))!);
    }

    [Fact]
    public async Task Finality_LagOfOne_FollowsTheHead()
    {
        await _chain.ProduceBlocksAsync(2);
        var first = await _client.TextAsync("chain_getBlockHash", 1);
        Assert.Equal(first, await _client.TextAsync("chain_getFinalizedHead"));

        var id = await _client.TextAsync("chain_subscribeFinalizedHeads");
        Assert.Equal((id, "0x1"), Head(await _client.ReceiveAsync(), "chain_finalizedHead"));
        await _chain.ProduceBlockAsync();
        Assert.Equal((id, "0x2"), Head(await _client.ReceiveAsync(), "chain_finalizedHead"));
    }

    [Fact]
    public async Task HeaderHash_ComputedFromTheJson_IsTheBlockHash()
    {
        await _chain.ProduceBlocksAsync(3);
        var hash = await _client.TextAsync("chain_getBlockHash", 3);
        var header = (await _client.ResultAsync("chain_getHeader", hash))!;
        var logs = header["digest"]!["logs"]!.AsArray();
        var scale = new ScaleWriter()
            .WriteBytes(Bytes(header["parentHash"])).WriteCompact(uint.Parse(((string)header["number"]!)[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture))
            .WriteBytes(Bytes(header["stateRoot"])).WriteBytes(Bytes(header["extrinsicsRoot"])).WriteCompact((uint)logs.Count);
        foreach (var log in logs)
            scale.WriteBytes(Bytes(log));

        Assert.Equal(hash, "0x" + Convert.ToHexStringLower(Blake2b.Hash256(scale.WrittenSpan)));
        Assert.Equal(await _client.TextAsync("chain_getBlockHash", 2), (string?)header["parentHash"]);
        Assert.Null(await _client.ResultAsync("chain_getHeader", "0x" + new string('7', 64)));
        Assert.Null(await _client.ResultAsync("chain_getBlockHash", 99));
    }

    [Fact]
    public async Task StorageAt_EarlierBlocks_KeepTheirValuesUntilDiscarded()
    {
        var genesis = await _client.TextAsync("chain_getBlockHash", 0);
        await _chain.ProduceBlocksAsync(6);
        var third = await _client.TextAsync("chain_getBlockHash", 3);

        Assert.Equal("0x03000000", await _client.TextAsync("state_getStorage", NumberKey, third));
        Assert.Equal("0x06000000", await _client.TextAsync("state_getStorage", NumberKey));
        Assert.Equal("0x00000000", await _client.TextAsync("state_getStorage", NumberKey, genesis));
        var change = (await _client.ResultAsync("state_queryStorageAt", new JsonArray(NumberKey, "0x01"), third))![0]!;
        Assert.Equal(third, (string?)change["block"]);
        Assert.Equal("""[["NUMBER","0x03000000"],["0x01",null]]""".Replace("NUMBER", NumberKey, StringComparison.Ordinal), change["changes"]!.ToJsonString());

        var discarded = await _client.AskAsync("state_getStorage", NumberKey, await _client.TextAsync("chain_getBlockHash", 1));
        Assert.Equal(4003, (int)discarded["error"]!["code"]!);
        Assert.Contains("State already discarded", (string)discarded["error"]!["message"]!, StringComparison.Ordinal);
        Assert.Equal(4003, await _client.ErrorAsync("state_getStorage", NumberKey, "0x" + new string('7', 64)));
    }

    [Fact]
    public async Task SubscribeStorage_OneOfTwoKeysChanges_NotifiesThatOneOnly()
    {
        var burn = "0x" + Convert.ToHexStringLower([.. Twox.Hash128("SubtensorModule"u8), .. Twox.Hash128("Burn"u8), 27, 0]);
        var tempo = "0x" + Convert.ToHexStringLower([.. Twox.Hash128("SubtensorModule"u8), .. Twox.Hash128("Tempo"u8), 27, 0]);
        await _client.TextAsync("state_subscribeStorage", new JsonArray(burn, tempo));
        Assert.Equal(2, (await _client.ReceiveAsync())["params"]!["result"]!["changes"]!.AsArray().Count);

        await _chain.ProduceBlockAsync();
        _chain.Change(changes => changes.SetBurn(new(27), 258));

        var changes = (await _client.ReceiveAsync())["params"]!["result"]!["changes"]!.AsArray();
        Assert.Equal((burn, "0x0201000000000000"), ((string?)Assert.Single(changes)![0], (string?)changes[0]![1]));
    }

    [Fact]
    public async Task KeysPaged_TwoPages_AreTheWholeInOrder()
    {
        var prefix = "0x" + Convert.ToHexStringLower([.. Twox.Hash128("System"u8), .. Twox.Hash128("Account"u8)]);
        var first = (await _client.ResultAsync("state_getKeysPaged", prefix, 4))!.AsArray().Select(key => (string)key!).ToArray();
        var second = (await _client.ResultAsync("state_getKeysPaged", prefix, 4, first[^1]))!.AsArray().Select(key => (string)key!).ToArray();

        Assert.Equal((4, 2), (first.Length, second.Length));
        Assert.Equal(first.Concat(second).Order(StringComparer.Ordinal), first.Concat(second));
        Assert.All(first, key => Assert.StartsWith(prefix, key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Methods_Listed_AreAllAnswered()
    {
        var methods = (await _client.ResultAsync("rpc_methods"))!["methods"]!.AsArray().Select(name => (string)name!).ToArray();

        Assert.Contains("author_submitAndWatchExtrinsic", methods);
        Assert.Contains("state_subscribeRuntimeVersion", methods);
        Assert.Equal(393, (int)(await _client.ResultAsync("state_getRuntimeVersion"))!["specVersion"]!);
        Assert.Equal("""{"ss58Format":42,"tokenDecimals":9,"tokenSymbol":"TAO"}""", (await _client.ResultAsync("system_properties"))!.ToJsonString());
        Assert.Equal("0x0c0e0000000f00000010000000", await _client.TextAsync("state_call", "Metadata_metadata_versions", "0x"));
        Assert.Equal("0x00", await _client.TextAsync("state_call", "Metadata_metadata_at_version", "0x0d000000"));
        Assert.StartsWith("0x6d6574610e", await _client.TextAsync("state_getMetadata"), StringComparison.Ordinal);
    }

    static (string? Subscription, string? Number) Head(JsonNode frame, string method)
    {
        Assert.Equal(method, (string?)frame["method"]);
        return ((string?)frame["params"]!["subscription"], (string?)frame["params"]!["result"]!["number"]);
    }

    static byte[] Bytes(JsonNode? hex) => Convert.FromHexString(((string)hex!).AsSpan(2));
}
