using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bittensor.Keys;
using Bittensor.Scale;
using Bittensor.Substrate;
using Bittensor.Subtensor;
using Bittensor.Tests.Substrate;
using Bittensor.Tests.Vectors;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bittensor.Tests.Subtensor;

public class SubtensorClientTests
{
    static readonly Netuid Subnet = new(27);
    static readonly ServeAxonCall Axon = new(190, IPAddress.Parse("203.0.113.10"), 8091);

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    static Keypair Alice => Keypair.FromMiniSecret(VectorFile.Chain["accounts"][0].Hex("mini_secret_seed"));

    public static TheoryData<RuntimeAge, byte> Ages => new()
    {
        { RuntimeAge.Classic, 14 }, { RuntimeAge.Classic, 15 }, { RuntimeAge.Current, 14 }, { RuntimeAge.Current, 15 }, { RuntimeAge.Current, 16 },
        { RuntimeAge.Next, 16 },
    };

    [Theory]
    [MemberData(nameof(Ages))]
    public async Task Reads_EveryAge_GiveTheStoredValues(RuntimeAge age, byte format)
    {
        await using var chain = await ScriptedChain.StartAsync(age, format);
        await using var client = ClientOf(chain);
        using var alice = Alice;
        var key = ScaleValue.Of(alice.Account.Bytes);
        var netuid = ScaleValue.Of(27);
        Store(chain, "SubtensorModule", "Uids", [5, 0], netuid, key);
        Store(chain, "SubtensorModule", "Burn", [0, 0xca, 0x9a, 0x3b, 0, 0, 0, 0], netuid);
        Store(chain, "SubtensorModule", "Axons", AxonBytes(age), netuid, key);
        Store(chain, "SubtensorModule", "Prometheus", VectorFile.Chain["scale_values_spec393"].GetProperty("PrometheusInfo").Hex("hex"), netuid, key);
        Store(chain, "System", "Account", VectorFile.Chain["storage_values_spec204"][0].Hex("value"), key);

        Assert.Equal(new Uid(5), await client.GetUidAsync(Subnet, alice.Hotkey, Cancellation));
        Assert.Null(await client.GetUidAsync(new Netuid(1), alice.Hotkey, Cancellation));
        Assert.Equal(1_000_000_000UL, await client.GetBurnAsync(Subnet, Cancellation));
        Assert.Equal(50UL, await client.GetServingRateLimitAsync(Subnet, Cancellation));
        Assert.Equal(1_000_000_000_000_000UL, await client.GetBalanceAsync(alice.Account, Cancellation));
        Assert.Equal(0UL, await client.GetBalanceAsync(new AccountId(new byte[32]), Cancellation));
        Assert.Equal(
            new AxonInfo(7654000, 190, IPAddress.Parse("203.0.113.10"), 8091, 4, 4, 0, 0), await client.GetAxonAsync(Subnet, alice.Hotkey, Cancellation));
        Assert.Null(await client.GetAxonAsync(new Netuid(1), alice.Hotkey, Cancellation));
        var prometheus = await client.GetPrometheusAsync(Subnet, [alice.Hotkey, new Hotkey(new AccountId(new byte[32]))], Cancellation);
        Assert.Equal(new PrometheusInfo(7654001, 190, IPAddress.Parse("203.0.113.11"), 8091, 4), Assert.Single(prometheus).Value);
    }

    [Theory]
    [MemberData(nameof(Ages))]
    public async Task ServeAxonAsync_EveryAge_IsInABlock(RuntimeAge age, byte format)
    {
        await using var chain = await ScriptedChain.StartAsync(age, format);
        await using var client = ClientOf(chain);
        using var alice = Alice;

        var serving = client.ServeAxonAsync(Subnet, Axon, alice, Cancellation);
        await chain.Node.SeenAsync("author_submitAndWatchExtrinsic", Cancellation);
        await chain.ProduceAsync();
        var receipt = await serving;

        Assert.Equal(0u, receipt.Index);
        Assert.Equal("ExtrinsicSuccess", Assert.Single(receipt.Events).Name);
    }

    [Fact]
    public async Task ServeAxonAsync_FailsInItsBlock_HasTheErrorsNameAndDocs()
    {
        await using var chain = await ScriptedChain.StartAsync(RuntimeAge.Current);
        chain.Events = [4, 0, 0, 0, 0, 0, 0, 1, 3, 7, 30, 0, 0, 0, 0, 0, 0, 1, 0];
        await using var client = ClientOf(chain);
        using var alice = Alice;

        var serving = client.ServeAxonAsync(Subnet, Axon, alice, Cancellation);
        await chain.Node.SeenAsync("author_submitAndWatchExtrinsic", Cancellation);
        await chain.ProduceAsync();
        var fault = await Assert.ThrowsAsync<ExtrinsicFailedException>(() => serving);

        Assert.Equal((ExtrinsicStage.Dispatch, "ServingRateLimitExceeded", "SubtensorModule"), (fault.Stage, fault.ErrorName, fault.Pallet));
    }

    [Fact]
    public async Task ServeAxonAsync_RefusedByThePool_HasTheCustomCodesName()
    {
        await using var chain = await ScriptedChain.StartAsync(RuntimeAge.Current);
        chain.Before = (peer, request) => OnSubmit(peer, request, () => peer.ErrorAsync(request, 1010, "Invalid Transaction", "Custom error: 12"));
        await using var client = ClientOf(chain);
        using var alice = Alice;

        var fault = await Assert.ThrowsAsync<ExtrinsicFailedException>(() => client.ServeAxonAsync(Subnet, Axon, alice, Cancellation));

        Assert.Equal((ExtrinsicStage.Pool, "ServingRateLimitExceeded", 1010, (byte)12), (fault.Stage, fault.ErrorName, fault.PoolCode, fault.CustomCode!.Value));
    }

    [Fact]
    public async Task ServeAxonAsync_StaleOnce_IsSignedAnew()
    {
        await using var chain = await ScriptedChain.StartAsync(RuntimeAge.Current);
        var refusals = 0;
        chain.Before = (peer, request) => refusals == 0
            ? OnSubmit(peer, request, () =>
            {
                refusals++;
                return peer.ErrorAsync(request, 1010, "Invalid Transaction", "Transaction is outdated");
            })
            : Task.FromResult(false);
        await using var client = ClientOf(chain);
        using var alice = Alice;

        var serving = client.ServeAxonAsync(Subnet, Axon, alice, Cancellation);
        await chain.Node.SeenAsync("author_submitAndWatchExtrinsic", Cancellation, times: 2);
        await chain.ProduceAsync();

        Assert.Equal(2UL, chain.Height);
        Assert.NotNull(await serving);
    }

    [Theory]
    [InlineData("dropped", "Dropped")]
    [InlineData("invalid", "Invalid")]
    public async Task ServeAxonAsync_ThrownOutOfThePoolTwice_SaysSo(string status, string name)
    {
        await using var chain = await ScriptedChain.StartAsync(RuntimeAge.Current);
        await using var client = ClientOf(chain);
        using var alice = Alice;

        var serving = client.ServeAxonAsync(Subnet, Axon, alice, Cancellation);
        await chain.Node.SeenAsync("author_submitAndWatchExtrinsic", Cancellation);
        await chain.NotifyWatchersAsync(new JsonObject { ["retracted"] = chain.Genesis.ToString() });
        await chain.NotifyWatchersAsync(status);
        await chain.Node.SeenAsync("author_submitAndWatchExtrinsic", Cancellation, times: 2);
        await chain.NotifyWatchersAsync(status);

        Assert.Equal(name, (await Assert.ThrowsAsync<ExtrinsicFailedException>(() => serving)).ErrorName);
    }

    [Fact]
    public async Task ServeAxonAsync_SocketCutAfterSubmission_IsFoundInItsBlock()
    {
        await using var chain = await ScriptedChain.StartAsync(RuntimeAge.Current);
        await using var client = ClientOf(chain);
        using var alice = Alice;

        var serving = client.ServeAxonAsync(Subnet, Axon, alice, Cancellation);
        await chain.Node.SeenAsync("author_submitAndWatchExtrinsic", Cancellation);
        chain.Node.CutAll();
        await chain.ProduceAsync();
        var receipt = await serving;

        Assert.Equal((await client.GetHeadAsync(Cancellation)).Hash, receipt.Block);
    }

    [Fact]
    public async Task ServeAxonAsync_NeverInABlock_ExpiresWithItsEra()
    {
        await using var chain = await ScriptedChain.StartAsync(RuntimeAge.Current);
        chain.Before = async (peer, request) =>
        {
            if (request.GetProperty("method").GetString() != "author_submitAndWatchExtrinsic")
                return false;
            if (chain.Height > 1)
                await peer.ErrorAsync(request, 1010, "Invalid Transaction", "Transaction has an ancient birth block");
            else
                await peer.ReplyAsync(request, "forgotten");
            return true;
        };
        await using var client = ClientOf(chain, options => options.EraPeriod = 4);
        using var alice = Alice;

        var serving = client.ServeAxonAsync(Subnet, Axon, alice, Cancellation);
        await chain.Node.SeenAsync("author_submitAndWatchExtrinsic", Cancellation);
        for (var block = 0; block < 7; block++)
            await chain.ProduceAsync();

        Assert.Equal("Expired", (await Assert.ThrowsAsync<ExtrinsicFailedException>(() => serving)).ErrorName);
    }

    [Fact]
    public async Task HeadsAsync_SocketCut_GoOnAfterReconnecting()
    {
        await using var chain = await ScriptedChain.StartAsync(RuntimeAge.Current);
        await using var client = ClientOf(chain);
        await using var heads = client.HeadsAsync(Cancellation).GetAsyncEnumerator(Cancellation);

        Assert.True(await heads.MoveNextAsync());
        Assert.Equal(1UL, heads.Current.Number);
        await chain.Node.SeenAsync("chain_subscribeNewHeads", Cancellation);
        chain.Node.CutAll();
        await chain.ProduceAsync();

        Assert.True(await heads.MoveNextAsync());
        Assert.Equal(2UL, heads.Current.Number);
        Assert.Equal(2, chain.Node.Connections);
    }

    [Fact]
    public async Task GetHeadAsync_FirstEndpointOfAnotherChain_UsesTheNext()
    {
        await using var other = await ScriptedChain.StartAsync(RuntimeAge.Current);
        await other.ProduceAsync();
        await using var chain = await ScriptedChain.StartAsync(RuntimeAge.Current);
        other.Before = async (peer, request) =>
        {
            if (request.GetProperty("method").GetString() != "chain_getBlockHash")
                return false;
            await peer.ReplyAsync(request, new BlockHash(Enumerable.Repeat((byte)7, 32).ToArray()).ToString());
            return true;
        };
        await using var client = ClientOf(chain, options =>
        {
            options.Endpoints = [other.Node.Endpoint, chain.Node.Endpoint];
            options.ExpectedGenesis = chain.Genesis;
        });

        Assert.Equal(1UL, (await client.GetHeadAsync(Cancellation)).Number);
        Assert.Equal(["chain_getBlockHash"], other.Node.Methods);
    }

    [Fact]
    public async Task GetHeadAsync_NobodyAnswers_SaysWhyAndIsTransient()
    {
        var options = new SubtensorOptions { Endpoints = [new Uri("ws://127.0.0.1:1")], OfflineTimeout = TimeSpan.FromSeconds(0.3) };
        await using var client = new SubtensorClient(options, TimeProvider.System, NullLogger<SubtensorClient>.Instance);

        var fault = await Assert.ThrowsAsync<SubstrateException>(() => client.GetHeadAsync(Cancellation));

        Assert.True(fault.IsTransient);
        Assert.Contains("ws://127.0.0.1:1", fault.Message);
    }

    [Fact]
    public async Task ServeAxonAsync_RuntimeUpgradedMeanwhile_UsesTheNewIndices()
    {
        await using var chain = await ScriptedChain.StartAsync(RuntimeAge.Current);
        await using var client = ClientOf(chain);
        using var alice = Alice;
        await client.GetHeadAsync(Cancellation);
        await chain.Node.SeenAsync("state_subscribeRuntimeVersion", Cancellation);

        chain.SetRuntime(RuntimeAge.Next, 16);
        await chain.AnnounceRuntimeAsync();
        while ((await client.Substrate.GetRuntimeAsync(Cancellation)).SpecVersion != 500)
            await Task.Yield();
        string? submitted = null;
        chain.Before = (_, request) =>
        {
            if (request.GetProperty("method").GetString() == "author_submitAndWatchExtrinsic")
                submitted = request.GetProperty("params")[0].GetString();
            return Task.FromResult(false);
        };
        var serving = client.ServeAxonAsync(Subnet, Axon, alice, Cancellation);
        await chain.Node.SeenAsync("author_submitAndWatchExtrinsic", Cancellation);
        await chain.ProduceAsync();
        await serving;

        Assert.EndsWith("092c1b00be0000000a7100cb0000000000000000000000009b1f0404000000", submitted, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetMetagraphAsync_ClassicRuntime_JoinsStateAndNeurons()
    {
        await using var chain = await ScriptedChain.StartAsync(RuntimeAge.Classic);
        Recorded(chain);
        await using var client = ClientOf(chain);

        var metagraph = await client.GetMetagraphAsync(new Netuid(1), Cancellation);

        Assert.Equal((1UL, 2), (metagraph.Block, metagraph.Neurons.Length));
        var bob = metagraph.Neurons[1];
        Assert.Equal("5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty", bob.Hotkey.ToString());
        Assert.Equal((4UL, true, 0.0), (bob.LastUpdate, bob.Active, bob.Stake));
        Assert.Equal((1.0, 10.0, 65535 / 1e9), (metagraph.Neurons[0].AlphaStake, metagraph.Neurons[0].TaoStake, metagraph.Neurons[0].Stake));
        Assert.True(metagraph.TryGetNeuron(bob.Hotkey, out var found));
        Assert.Same(bob, found);
        Assert.False(metagraph.TryGetNeuron(default, out _));
    }

    [Fact]
    public async Task GetMetagraphAsync_FormatWithoutApis_TellsWrappingFromTheBytes()
    {
        await using var chain = await ScriptedChain.StartAsync(RuntimeAge.Classic, 14);
        Recorded(chain);
        await using var client = ClientOf(chain);
        var wrapped = await client.GetMetagraphAsync(new Netuid(1), Cancellation);

        foreach (var vector in VectorFile.Chain["runtime_api_replies_spec204"].EnumerateArray().Where(item => item.TryGetProperty("inner_hex", out _)))
            chain.RuntimeReplies[vector.Text("method")] = vector.Hex("inner_hex");
        var bare = await client.GetMetagraphAsync(new Netuid(1), Cancellation);

        Assert.Equal(wrapped.Neurons, bare.Neurons);
    }

    [Fact]
    public async Task GetMetagraphAsync_UnknownSubnet_SaysSo()
    {
        await using var chain = await ScriptedChain.StartAsync(RuntimeAge.Current, 16);
        chain.RuntimeReplies["SubnetInfoRuntimeApi_get_selective_metagraph"] = [0];
        await using var client = ClientOf(chain);

        var fault = await Assert.ThrowsAsync<SubstrateException>(() => client.GetMetagraphAsync(new Netuid(99), Cancellation));

        Assert.False(fault.IsTransient);
        Assert.Contains("subnet 99", fault.Message);
    }

    [Fact]
    public async Task GetMetagraphAsync_ReplyCutShort_IsTheChainsFailure()
    {
        await using var chain = await ScriptedChain.StartAsync(RuntimeAge.Current, 16);
        chain.RuntimeReplies["SubnetInfoRuntimeApi_get_selective_metagraph"] = [1, 0x6c, 0, 0];
        await using var client = ClientOf(chain);

        var fault = await Assert.ThrowsAsync<SubstrateException>(() => client.GetMetagraphAsync(Subnet, Cancellation));

        Assert.IsType<ScaleException>(fault.InnerException);
    }

    static void Recorded(ScriptedChain chain)
    {
        foreach (var vector in VectorFile.Chain["runtime_api_replies_spec204"].EnumerateArray())
            chain.RuntimeReplies[vector.Text("method")] = vector.Hex("result");
    }

    static SubtensorClient ClientOf(ScriptedChain chain, Action<SubtensorOptions>? configure = null)
    {
        var options = new SubtensorOptions { Endpoints = [chain.Node.Endpoint], FirstBackoff = TimeSpan.FromMilliseconds(10) };
        configure?.Invoke(options);
        return new SubtensorClient(options, TimeProvider.System, NullLogger<SubtensorClient>.Instance);
    }

    static byte[] AxonBytes(RuntimeAge age)
    {
        var bytes = VectorFile.Chain["scale_values_spec393"].GetProperty("AxonInfo").Hex("hex");
        return age == RuntimeAge.Next ? [.. bytes, 8, 1, 2] : bytes;
    }

    static void Store(ScriptedChain chain, string pallet, string item, byte[] value, params ScaleValue[] keys) =>
        chain.Storage[Convert.ToHexStringLower(StorageKey.Of(chain.Metadata, pallet, item, keys)).Insert(0, "0x")] = value;

    static async Task<bool> OnSubmit(ScriptedPeer peer, JsonElement request, Func<Task> answer)
    {
        if (request.GetProperty("method").GetString() != "author_submitAndWatchExtrinsic")
            return false;
        await answer();
        return true;
    }
}
