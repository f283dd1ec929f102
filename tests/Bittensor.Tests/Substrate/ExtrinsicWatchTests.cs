using System.Net;
using System.Text.Json;
using Bittensor.Keys;
using Bittensor.Substrate;
using Bittensor.Subtensor;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bittensor.Tests.Substrate;

/// <summary>What becomes of an extrinsic that never gets into a block.</summary>
public sealed class ExtrinsicWatchTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ServeAxon_PoolKeepsItAndSaysNothing_HasExpiredWithItsEra(bool finalized)
    {
        var fault = await ServeAsync(finalized, (peer, request) => peer.ReplyAsync(request, "kept"));

        Assert.Equal("Expired", fault.ErrorName);
    }

    [Fact]
    public async Task ServeAxon_NodeHangsUpOnEverySubmission_HasExpiredWithItsEra()
    {
        var fault = await ServeAsync(finalized: false, (peer, _) =>
        {
            peer.Cut();
            return Task.CompletedTask;
        });

        Assert.Equal("Expired", fault.ErrorName);
    }

    [Fact]
    public async Task ServeAxon_CallFailsInItsBlockAndTheNodeKeepsTheStatusToItself_FailsAsInTheBlock()
    {
        using var patience = Patience();
        await using var chain = await ScriptedChain.StartAsync(RuntimeAge.Current);
        // System.ExtrinsicFailed with BadOrigin, of the block's first extrinsic.
        (chain.TellsStatuses, chain.Events) = (false, [4, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 1, 0]);
        await using var client = ClientOf(chain, finalized: false);
        using var miner = Keypair.FromUri("//Miner");

        var serving = client.ServeAxonAsync(new Netuid(27), new ServeAxonCall(190, IPAddress.Parse("203.0.113.10"), 8091), miner, patience.Token);
        await chain.Node.SeenAsync("author_submitAndWatchExtrinsic", patience.Token);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!serving.IsCompleted && await timer.WaitForNextTickAsync(patience.Token))
            await chain.ProduceAsync();

        Assert.Equal("BadOrigin", (await Assert.ThrowsAsync<ExtrinsicFailedException>(() => serving)).ErrorName);
    }

    [Theory]
    [InlineData("\"\\ud800\"")]
    [InlineData("{\"\\ud800\":1}")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"sleeping\":{}}")]
    public async Task ServeAxon_StatusThatSaysNothing_IsPassedOver(string status)
    {
        using var patience = Patience();
        await using var chain = await ScriptedChain.StartAsync(RuntimeAge.Current);
        await using var client = ClientOf(chain, finalized: false);
        using var miner = Keypair.FromUri("//Miner");

        var serving = client.ServeAxonAsync(new Netuid(27), new ServeAxonCall(190, IPAddress.Parse("203.0.113.10"), 8091), miner, patience.Token);
        await chain.Node.SeenAsync("author_submitAndWatchExtrinsic", patience.Token);
        foreach (var peer in chain.Node.Peers)
            await peer.SendAsync($"{{\"method\":\"author_extrinsicUpdate\",\"params\":{{\"subscription\":\"s3\",\"result\":{status}}}}}");
        await chain.ProduceAsync();

        Assert.Equal(0u, (await serving).Index);
        Assert.Equal(1, chain.Node.Connections);
    }

    /// <summary>As long as a node's own pool waits for it: 512 blocks.</summary>
    [Fact]
    public async Task ServeAxon_BlockThatNeverBecomesFinal_IsGivenUpAfter512Blocks()
    {
        using var patience = Patience(seconds: 150);
        await using var chain = await ScriptedChain.StartAsync(RuntimeAge.Current);
        await using var client = ClientOf(chain, finalized: true);
        using var miner = Keypair.FromUri("//Miner");
        chain.Before = async (peer, request) =>
        {
            if (request.GetProperty("method").GetString() != "chain_getFinalizedHead")
                return false;
            await peer.ReplyAsync(request, chain.Genesis.ToString());
            return true;
        };

        var serving = client.ServeAxonAsync(new Netuid(27), new ServeAxonCall(190, IPAddress.Parse("203.0.113.10"), 8091), miner, patience.Token);
        await chain.Node.SeenAsync("author_submitAndWatchExtrinsic", patience.Token);
        var included = chain.Height + 1;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        for (var heads = 0; !serving.IsCompleted && await timer.WaitForNextTickAsync(patience.Token); heads++)
        {
            for (var block = 0; block < 8 && chain.Height < included + 511; block++)
                await chain.ProduceAsync();
            if (chain.Height == included + 511 && chain.Node.Methods.Count(method => method == "chain_getFinalizedHead") > 3)
            {
                Assert.False(serving.IsCompleted);
                await chain.ProduceAsync();
            }
        }
        var fault = await Assert.ThrowsAsync<ExtrinsicFailedException>(() => serving);

        Assert.Equal("FinalityTimeout", fault.ErrorName);
        Assert.Contains("512 blocks", fault.Message, StringComparison.Ordinal);
    }

    /// <summary>At shutdown: what is under way ends with the client's own word, wherever it is.</summary>
    [Theory]
    [InlineData("system_accountNextIndex")]
    [InlineData("author_submitAndWatchExtrinsic")]
    public async Task Dispose_WhileServing_EndsItAsAClosedClient(string lastSeen)
    {
        using var patience = Patience();
        await using var chain = await ScriptedChain.StartAsync(RuntimeAge.Current);
        var client = ClientOf(chain, finalized: false);
        using var miner = Keypair.FromUri("//Miner");
        var seen = new TaskCompletionSource();
        chain.Before = async (peer, request) =>
        {
            if (request.GetProperty("method").GetString() != lastSeen)
                return false;
            if (lastSeen.StartsWith("author", StringComparison.Ordinal))
                await peer.ReplyAsync(request, "kept");
            seen.TrySetResult();
            return true;
        };
        var call = new ServeAxonCall(190, IPAddress.Parse("203.0.113.10"), 8091);
        var serving = client.ServeAxonAsync(new Netuid(27), call, miner, patience.Token);
        await seen.Task.WaitAsync(patience.Token);
        var waiting = client.ServeAxonAsync(new Netuid(27), call, miner, patience.Token);

        await client.DisposeAsync();

        foreach (var one in (Task[])[serving, waiting])
        {
            var fault = await Record.ExceptionAsync(() => one.WaitAsync(patience.Token));
            Assert.True(fault is SubstrateException { IsTransient: true } or ObjectDisposedException { ObjectName: "SessionKeeper" or "Bittensor.Substrate.SessionKeeper" }, $"{fault}");
        }
    }

    /// <summary>Serves while blocks are made that never hold the extrinsic.</summary>
    static async Task<ExtrinsicFailedException> ServeAsync(bool finalized, Func<ScriptedPeer, JsonElement, Task> submitted)
    {
        using var patience = Patience();
        await using var chain = await ScriptedChain.StartAsync(RuntimeAge.Current);
        await using var client = ClientOf(chain, finalized);
        using var miner = Keypair.FromUri("//Miner");
        chain.Before = async (peer, request) =>
        {
            if (request.GetProperty("method").GetString() != "author_submitAndWatchExtrinsic")
                return false;
            await submitted(peer, request);
            return true;
        };

        var serving = client.ServeAxonAsync(new Netuid(27), new ServeAxonCall(190, IPAddress.Parse("203.0.113.10"), 8091), miner, patience.Token);
        await Task.WhenAny(serving, chain.Node.SeenAsync("author_submitAndWatchExtrinsic", patience.Token));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!serving.IsCompleted && await timer.WaitForNextTickAsync(patience.Token))
            await chain.ProduceAsync();
        return await Assert.ThrowsAsync<ExtrinsicFailedException>(() => serving);
    }

    static CancellationTokenSource Patience(int seconds = 30)
    {
        var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(seconds));
        return patience;
    }

    static SubtensorClient ClientOf(ScriptedChain chain, bool finalized) => new(
        new SubtensorOptions
        {
            Endpoints = [chain.Node.Endpoint],
            FirstBackoff = TimeSpan.FromMilliseconds(5),
            LongestBackoff = TimeSpan.FromMilliseconds(20),
            WaitForFinalization = finalized,
        },
        TimeProvider.System, NullLogger<SubtensorClient>.Instance);
}
