using System.Text.Json.Nodes;
using Bittensor.Keys;
using Bittensor.Scale;
using DevNet.Tests.Rpc;

namespace DevNet.Tests.Transactions;

/// <summary>What the pool takes, refuses and says, with extrinsics that are wrong in one place each.</summary>
public sealed class TransactionPoolTests : IAsyncLifetime
{
    readonly Keypair _alice = Keypair.FromUri("//Alice");
    DevChain _chain = null!;
    RpcClient _client = null!;
    byte[] _genesis = [];

    HandmadeExtrinsic Good => new(_alice, HandmadeExtrinsic.Remark("a"), _genesis);

    public async ValueTask InitializeAsync()
    {
        _chain = await DevChain.StartAsync(new DevChainOptions());
        _client = await RpcClient.ConnectAsync(_chain);
        _genesis = Bytes(await _client.TextAsync("chain_getBlockHash", 0));
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _chain.DisposeAsync();
        _alice.Dispose();
    }

    public static TheoryData<string> BadProofs => ["genesis", "spec", "tx", "era hash", "metadata hash", "signature"];

    [Theory, MemberData(nameof(BadProofs))]
    public async Task Submit_OnePartWrong_IsABadProof(string part)
    {
        var bytes = (part switch
        {
            "genesis" => Good with { Genesis = new byte[32] },
            "spec" => Good with { SpecVersion = 392 },
            "tx" => Good with { TransactionVersion = 2 },
            "era hash" => Good with { Era = [0x05, 0], EraHash = new byte[32] },
            "metadata hash" => Good with { MetadataHashMode = 1 },
            _ => Good,
        }).Sign();
        if (part == "signature")
            bytes[60] ^= 1;

        var error = (await _client.AskAsync("author_submitExtrinsic", "0x" + Convert.ToHexStringLower(bytes)))["error"]!;

        Assert.Equal((1010, "Transaction has a bad signature"), ((int)error["code"]!, (string?)error["data"]));
        Assert.Equal("0x010004", await ValidateAsync(bytes));
    }

    [Fact]
    public async Task Submit_EraFromTheFuture_HasAnAncientBirthBlock()
    {
        // Period 64, phase 50: at block 1 that era was born at 50, which storage does not know.
        var bytes = (Good with { Era = [0x25, 0x03] }).Sign();

        var error = (await _client.AskAsync("author_submitExtrinsic", "0x" + Convert.ToHexStringLower(bytes)))["error"]!;

        Assert.Equal("Transaction has an ancient birth block", (string?)error["data"]);
        Assert.Equal("0x010005", await ValidateAsync(bytes));
    }

    [Fact]
    public async Task Submit_MortalOnAKnownBlock_IsTakenAndFinalized()
    {
        await _chain.ProduceBlocksAsync(5);
        var birth = Bytes(await _client.TextAsync("chain_getBlockHash", 5));
        var mortal = Good with { Era = [0x55, 0x00], EraHash = birth };
        var hex = mortal.ToHex();
        var validity = new ScaleReader(Bytes(await ValidateAsync(Bytes(hex))));
        Assert.Equal((0, 1ul), (validity.ReadByte(), validity.ReadUInt64()));
        Assert.Equal((0u, 1u, 36), (validity.ReadCompactUInt32(), validity.ReadCompactUInt32(), validity.ReadByteVector().Length));
        Assert.Equal(63ul, validity.ReadUInt64());

        var id = await _client.TextAsync("author_submitAndWatchExtrinsic", hex);
        Assert.Equal("\"ready\"", await StatusAsync(id));
        await _chain.ProduceBlocksAsync(2);
        var (included, finalized) = (await StatusAsync(id), await StatusAsync(id));
        var hash = await _client.TextAsync("chain_getBlockHash", 6);
        Assert.Equal($$"""{"inBlock":"{{hash}}"}""", included);
        Assert.Equal($$"""{"finalized":"{{hash}}"}""", finalized);
        var block = (await _client.ResultAsync("chain_getBlock", hash))!["block"]!;
        Assert.Equal(hex, (string?)block["extrinsics"]![1]);
    }

    [Fact]
    public async Task Submit_SameBytesSameNonceOldNonce_EachHasItsCode()
    {
        Assert.Equal(0, (int)(await _client.ResultAsync("system_accountNextIndex", DevAccounts.Alice.ToString()))!);
        var hex = Good.ToHex();
        Assert.Equal("0x" + Convert.ToHexStringLower(Bittensor.Crypto.Blake2b.Hash256(Bytes(hex))), await _client.TextAsync("author_submitExtrinsic", hex));
        Assert.Equal(1, (int)(await _client.ResultAsync("system_accountNextIndex", DevAccounts.Alice.ToString()))!);

        Assert.Equal(1013, await _client.ErrorAsync("author_submitExtrinsic", hex));
        Assert.Equal(1014, await _client.ErrorAsync("author_submitExtrinsic", (Good with { Tip = 1000 }).ToHex()));
        await _chain.ProduceBlockAsync();
        Assert.Equal(1010, await _client.ErrorAsync("author_submitExtrinsic", (Good with { Tip = 1000 }).ToHex()));
        Assert.Equal("0x01000000", await _client.TextAsync("state_call", "AccountNonceApi_account_nonce", "0x" + Convert.ToHexStringLower(DevAccounts.Alice.Bytes)));
    }

    [Fact]
    public async Task Submit_NonceAhead_WaitsForTheGapToClose()
    {
        var ahead = await _client.TextAsync("author_submitAndWatchExtrinsic", (Good with { Nonce = 1 }).ToHex());
        Assert.Equal("\"future\"", await StatusAsync(ahead));
        await _chain.ProduceBlockAsync();
        await _client.SendAsync(new JsonObject { ["jsonrpc"] = "2.0", ["id"] = 99, ["method"] = "author_submitExtrinsic", ["params"] = new JsonArray(Good.ToHex()) }.ToJsonString());

        Assert.Equal("\"ready\"", await StatusAsync(ahead));
        Assert.Equal(99, (int)(await _client.ReceiveAsync())["id"]!);
        await _chain.ProduceBlockAsync();
        Assert.StartsWith("{\"inBlock\"", await StatusAsync(ahead), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pool_TransactionMadeInvalidByABlock_DropsAndBansIt()
    {
        using var bob = Keypair.FromUri("//Bob");
        _chain.RegisterNeuron(new(27), bob.Hotkey, bob.Coldkey);
        var call = new ScaleWriter().WriteByte(7).WriteByte(4).WriteUInt16(27).WriteUInt32(190).WriteUInt128(3405803786).WriteUInt16(8091).WriteBytes([4, 4, 0, 0]).ToArray();
        var first = new HandmadeExtrinsic(bob, call, _genesis);
        var second = first with { Nonce = 1 };
        await _client.TextAsync("author_submitExtrinsic", first.ToHex());
        var hex = second.ToHex();
        var id = await _client.TextAsync("author_submitAndWatchExtrinsic", hex);
        Assert.Equal("\"ready\"", await StatusAsync(id));

        await _chain.ProduceBlockAsync();

        Assert.Equal("\"invalid\"", await StatusAsync(id));
        Assert.Equal(1012, await _client.ErrorAsync("author_submitExtrinsic", hex));
    }

    [Fact]
    public async Task Submit_WithoutFunds_CannotPay()
    {
        using var nobody = Keypair.FromUri("//Nobody");

        var error = (await _client.AskAsync("author_submitExtrinsic", (Good with { Signer = nobody }).ToHex()))["error"]!;

        Assert.Equal((1010, "Inability to pay some fees (e.g. account balance too low)"), ((int)error["code"]!, (string?)error["data"]));
        var info = (await _client.ResultAsync("payment_queryInfo", Good.ToHex()))!;
        Assert.Equal(("normal", $"{100_000 + (500 * Good.Sign().Length)}"), ((string?)info["class"], (string?)info["partialFee"]));
    }

    async Task<string> ValidateAsync(byte[] extrinsic)
    {
        var head = Bytes(await _client.TextAsync("chain_getBlockHash"));
        byte[] parameters = [2, .. extrinsic, .. head];
        return await _client.TextAsync("state_call", "TaggedTransactionQueue_validate_transaction", "0x" + Convert.ToHexStringLower(parameters));
    }

    async Task<string> StatusAsync(string subscription)
    {
        var frame = (await _client.ReceiveAsync())["params"]!;
        Assert.Equal(subscription, (string?)frame["subscription"]);
        return frame["result"]!.ToJsonString();
    }

    static byte[] Bytes(string hex) => Convert.FromHexString(hex.AsSpan(2));
}
