using Bittensor.Scale;
using Bittensor.Subtensor;
using Bittensor.Substrate;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bittensor.Tests.Substrate;

/// <summary>A runtime that changes between two answers.</summary>
public sealed class RuntimeChangeTests
{
    [Fact]
    public async Task GetMetagraph_AnswerOfANewRuntimeThatTheOldLayoutReadsToo_IsReadByTheNewLayout()
    {
        using var patience = Patience();
        await using var chain = await ScriptedChain.StartAsync(RuntimeAge.Current);
        await using var client = ClientOf(chain);
        await client.GetHeadAsync(patience.Token);
        chain.RuntimeReplies["SubnetInfoRuntimeApi_get_selective_metagraph"] = Metagraph();
        await client.GetMetagraphAsync(new Netuid(27), patience.Token);

        // The block that installs a runtime already answers with it, and its head may arrive before the word of it.
        chain.SetRuntime(RuntimeAge.Next, 15);
        await client.GetMetagraphAsync(new Netuid(27), patience.Token);

        Assert.Equal(TestRuntime.SpecVersionOf(RuntimeAge.Next), (await client.Substrate.GetRuntimeAsync(patience.Token)).SpecVersion);
    }

    [Fact]
    public async Task GetRuntime_UpgradedBetweenVersionAndMetadata_BothAreOfOneBlock()
    {
        using var patience = Patience();
        await using var chain = await ScriptedChain.StartAsync(RuntimeAge.Current);
        chain.Before = (_, request) =>
        {
            // The new runtime is that of a new block; what is asked of the old block stays as it was.
            if (request.GetProperty("method").GetString() == "state_call" && chain.SpecVersion == TestRuntime.SpecVersionOf(RuntimeAge.Current)
                && request.GetProperty("params").GetArrayLength() < 3)
                chain.SetRuntime(RuntimeAge.Next, 15);
            return Task.FromResult(false);
        };
        await using var client = ClientOf(chain);

        var runtime = await client.Substrate.GetRuntimeAsync(patience.Token);

        Assert.Equal(TestRuntime.SpecVersionOf(RuntimeAge.Current), runtime.SpecVersion);
        Assert.Equal(
            TestRuntime.Metadata(RuntimeAge.Current).Pallet("SubtensorModule").Index, runtime.Metadata.Pallet("SubtensorModule").Index);
    }

    [Fact]
    public async Task GetRuntime_NodeWithoutTheSubscription_IsAskedForItsRuntimeAtEveryHead()
    {
        using var patience = Patience();
        await using var chain = await ScriptedChain.StartAsync(RuntimeAge.Current);
        chain.Before = async (peer, request) =>
        {
            if (request.GetProperty("method").GetString() != "state_subscribeRuntimeVersion")
                return false;
            await peer.ErrorAsync(request, -32601, "Method not found");
            return true;
        };
        await using var client = ClientOf(chain);
        await client.GetHeadAsync(patience.Token);
        await chain.Node.SeenAsync("state_subscribeRuntimeVersion", patience.Token);
        await chain.Node.SeenAsync("chain_subscribeNewHeads", patience.Token);

        chain.SetRuntime(RuntimeAge.Next, 15);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while ((await client.Substrate.GetRuntimeAsync(patience.Token)).SpecVersion != TestRuntime.SpecVersionOf(RuntimeAge.Next))
        {
            await timer.WaitForNextTickAsync(patience.Token);
            await chain.ProduceAsync();
        }

        Assert.Equal(1, chain.Node.Connections);
    }

    [Fact]
    public async Task GetRuntime_NodeAnswersNullForTheNewerFormats_ReadsTheOldest()
    {
        using var patience = Patience();
        await using var chain = await ScriptedChain.StartAsync(RuntimeAge.Current, 14);
        chain.Before = async (peer, request) =>
        {
            if (request.GetProperty("method").GetString() != "state_call")
                return false;
            await peer.ReplyAsync(request, null);
            return true;
        };
        await using var client = ClientOf(chain);

        Assert.Equal(14, (await client.Substrate.GetRuntimeAsync(patience.Token)).Metadata.Version);
    }

    /// <summary>A subnet without neurons, which both layouts read.</summary>
    static byte[] Metagraph()
    {
        var metadata = TestRuntime.Metadata(RuntimeAge.Next);
        var output = metadata.FindMethod("SubnetInfoRuntimeApi", "get_selective_metagraph")!.Output;
        Assert.True(metadata.Types.TryGetOption(output, out var content));
        var reply = new ScaleWriter().WriteByte(1);
        foreach (var field in ((TypeDefinition.Composite)metadata.Types[content].Definition).Fields)
        {
            var isEmptyArray = field.Name is "hotkeys" or "total_stake";
            reply.WriteBytes(field.Name == "netuid" ? [0x6c] : isEmptyArray ? [1, 0] : [0]);
        }
        return reply.ToArray();
    }

    static CancellationTokenSource Patience()
    {
        var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        return patience;
    }

    static SubtensorClient ClientOf(ScriptedChain chain) => new(
        new SubtensorOptions { Endpoints = [chain.Node.Endpoint] }, TimeProvider.System, NullLogger<SubtensorClient>.Instance);
}
