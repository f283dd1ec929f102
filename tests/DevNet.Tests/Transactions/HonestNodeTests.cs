using Bittensor.Keys;
using Bittensor.Scale;
using Bittensor.Substrate;
using Bittensor.Subtensor;
using DevNet.Tests.Rpc;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevNet.Tests.Transactions;

/// <summary>Where a fake node might answer what no real one would: numbers at their limits, texts, the hashes it remembers, bad frames.</summary>
public sealed class HonestNodeTests : IDisposable
{
    readonly Keypair _alice = Keypair.FromUri("//Alice");

    public void Dispose() => _alice.Dispose();

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(ulong.MaxValue - 100_000)]
    public async Task Submit_TipAndFeeBeyondTheLargestNumber_CannotPay(ulong tip)
    {
        await using var chain = await DevChain.StartAsync(new DevChainOptions(), TestContext.Current.CancellationToken);
        await using var client = await RpcClient.ConnectAsync(chain);

        var error = (await client.AskAsync("author_submitExtrinsic", (Remark(chain) with { Tip = tip }).ToHex()))["error"]!;

        Assert.Equal((1010, "Inability to pay some fees (e.g. account balance too low)"), ((int)error["code"]!, (string?)error["data"]));
    }

    [Theory]
    [InlineData(DevRuntime.Classic, 204u, "Priority is too low: (18446744073709551615 vs 18446744073709551615)")]
    [InlineData(DevRuntime.Current, 393u, "Priority is too low: (1 vs 1)")]
    public async Task Submit_NonceOfAPooledOne_NamesTheRuntimesPriority(DevRuntime runtime, uint specVersion, string text)
    {
        await using var chain = await DevChain.StartAsync(new DevChainOptions { Runtime = runtime }, TestContext.Current.CancellationToken);
        await using var client = await RpcClient.ConnectAsync(chain);
        var first = Remark(chain) with { SpecVersion = specVersion };
        await client.TextAsync("author_submitExtrinsic", first.ToHex());

        var error = (await client.AskAsync("author_submitExtrinsic", (first with { Tip = 1000 }).ToHex()))["error"]!;

        Assert.Equal((1014, text), ((int)error["code"]!, (string?)error["message"]));
    }

    [Fact]
    public async Task Transfer_BeyondTheLargestBalance_FailsAndTakesNothing()
    {
        await using var chain = await DevChain.StartAsync(new DevChainOptions(), TestContext.Current.CancellationToken);
        await using var client = await RpcClient.ConnectAsync(chain);
        chain.Fund(DevAccounts.Bob, ulong.MaxValue - 5);
        var call = new ScaleWriter().WriteByte(5).WriteByte(0).WriteByte(0).WriteBytes(DevAccounts.Bob.Bytes).WriteCompact(1000ul).ToArray();

        await client.TextAsync("author_submitExtrinsic", (Remark(chain) with { Call = call }).ToHex());
        await chain.ProduceBlockAsync();

        await using var reader = ClientOf(chain);
        Assert.Equal(ulong.MaxValue - 5, await reader.GetBalanceAsync(DevAccounts.Bob, TestContext.Current.CancellationToken));
        Assert.InRange(await reader.GetBalanceAsync(DevAccounts.Alice, TestContext.Current.CancellationToken), 999_999_999_000_000ul, 999_999_999_999_999ul);
    }

    /// <summary>frame_system removes what is older than BlockHashCount, and never the hash of block 0.</summary>
    [Fact]
    public async Task BlockHash_AfterMoreBlocksThanAreRemembered_GenesisIsStillThere()
    {
        await using var chain = await DevChain.StartAsync(new DevChainOptions(), TestContext.Current.CancellationToken);
        await chain.ProduceBlocksAsync(2403);
        await using var reader = ClientOf(chain);

        Assert.Equal(chain.GenesisHash.ToString(), await HashAsync(0));
        Assert.Equal(new string('0', 64), (await HashAsync(1))[2..]);
        Assert.NotEqual(new string('0', 64), (await HashAsync(3))[2..]);

        async Task<string> HashAsync(uint number)
        {
            var value = await reader.Substrate.GetStorageAsync("System", "BlockHash", [ScaleValue.Of(number)], null, TestContext.Current.CancellationToken);
            return "0x" + Convert.ToHexStringLower(value!.AsBytes().AsSpan());
        }
    }

    /// <summary>What made it valid went with the block: it is told to be invalid, and never gets into a block.</summary>
    [Fact]
    public async Task Reorganise_TransactionNoLongerValid_IsToldAndGone()
    {
        await using var chain = await DevChain.StartAsync(new DevChainOptions(), TestContext.Current.CancellationToken);
        await using var client = await RpcClient.ConnectAsync(chain);
        chain.Faults.HoldFinality();
        chain.RegisterNeuron(new(27), _alice.Hotkey, _alice.Coldkey);
        var call = new ScaleWriter().WriteByte(7).WriteByte(4).WriteUInt16(27).WriteUInt32(190).WriteUInt128(3405803786).WriteUInt16(8091).WriteBytes([4, 4, 0, 0]).ToArray();
        await client.TextAsync("author_submitAndWatchExtrinsic", (Remark(chain) with { Call = call }).ToHex());
        await chain.ProduceBlockAsync();

        chain.Faults.Reorganise(2);
        await chain.ProduceBlockAsync();

        var told = new List<string>();
        while (told is not [.., "\"invalid\""])
            told.Add((await client.ReceiveAsync())["params"]!["result"]!.ToJsonString());
        Assert.Equal(["\"ready\"", "inBlock", "retracted"], told.Take(3).Select(status => status.StartsWith('{') ? status.Split('"')[1] : status));
        await using var reader = ClientOf(chain);
        Assert.Null(await reader.GetAxonAsync(new(27), _alice.Hotkey, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","method":"\ud800","params":[]}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"chain_getBlockHash","params":["\ud800"]}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"author_submitExtrinsic","params":["\ud800"]}""")]
    public async Task Notification_ThatCannotBeRead_EndsNoConnection(string frame)
    {
        await using var chain = await DevChain.StartAsync(new DevChainOptions(), TestContext.Current.CancellationToken);
        await using var client = await RpcClient.ConnectAsync(chain);

        await client.SendAsync(frame);

        Assert.Equal(chain.GenesisHash.ToString(), await client.TextAsync("chain_getBlockHash", 0));
    }

    HandmadeExtrinsic Remark(DevChain chain)
    {
        var genesis = chain.GenesisHash;
        return new(_alice, HandmadeExtrinsic.Remark("a"), genesis.Bytes.ToArray());
    }

    static SubtensorClient ClientOf(DevChain chain) =>
        new(new SubtensorOptions { Endpoints = [chain.Endpoint] }, TimeProvider.System, NullLogger<SubtensorClient>.Instance);
}
