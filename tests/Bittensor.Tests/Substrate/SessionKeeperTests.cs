using Bittensor.Subtensor;
using Bittensor.Substrate;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bittensor.Tests.Substrate;

/// <summary>How a connection is kept to a node that takes it and drops it.</summary>
public sealed class SessionKeeperTests
{
    [Fact]
    public async Task Reconnect_NodeDropsEverySessionAtOnce_PausesGrowAllTheSame()
    {
        using var patience = Patience();
        var time = new EagerTime();
        await using var chain = await ScriptedChain.StartAsync(RuntimeAge.Current);
        DropOnSubscription(chain, () => true);
        await using var client = ClientOf(chain, time);

        _ = client.GetHeadAsync(patience.Token);

        foreach (var expected in (double[])[1, 2, 4, 8, 8, 8])
            Assert.InRange((await time.Pauses.ReadAsync(patience.Token)).TotalSeconds, expected * 0.79, expected * 1.21);
    }

    [Fact]
    public async Task Reconnect_SessionLastedAWhile_PausesBeginAnew()
    {
        using var patience = Patience();
        var time = new EagerTime();
        await using var chain = await ScriptedChain.StartAsync(RuntimeAge.Current);
        var dropping = true;
        DropOnSubscription(chain, () => dropping);
        await using var client = ClientOf(chain, time);
        _ = client.GetHeadAsync(patience.Token);
        for (var pause = 0; pause < 3; pause++)
            await time.Pauses.ReadAsync(patience.Token);

        dropping = false;
        await chain.Node.SeenAsync("state_subscribeRuntimeVersion", patience.Token);
        while (time.Pauses.TryRead(out _))
        {
        }
        time.Pass(TimeSpan.FromMinutes(1));
        chain.Node.CutAll();

        Assert.InRange((await time.Pauses.ReadAsync(patience.Token)).TotalSeconds, 0.79, 1.21);
    }

    [Fact]
    public async Task Read_ConnectionLostWhileTheReaderLoadsANewRuntime_FailsAsALostConnection()
    {
        using var patience = Patience();
        await using var chain = await ScriptedChain.StartAsync(RuntimeAge.Current);
        await using var client = ClientOf(chain, TimeProvider.System, TimeSpan.FromMilliseconds(1));
        await client.GetHeadAsync(patience.Token);
        chain.Before = (peer, request) =>
        {
            switch (request.GetProperty("method").GetString())
            {
                // Undecodable as a burn, so that the reader asks whether the runtime has changed: it has.
                case "state_getStorage":
                    return AnswerAsync(peer.ReplyAsync(request, "0x01"));
                case "state_getRuntimeVersion" when chain.Node.Methods.Contains("state_getStorage"):
                    return AnswerAsync(peer.ReplyAsync(request, new System.Text.Json.Nodes.JsonObject { ["specVersion"] = Random.Shared.Next(1000, 1_000_000) }));
                case "state_call" when chain.Node.Methods.Contains("state_getStorage"):
                    peer.Cut();
                    return Task.FromResult(true);
                default:
                    return Task.FromResult(false);
            }
        };

        for (var round = 0; round < 40; round++)
        {
            chain.Node.Methods.Clear();
            var fault = await Record.ExceptionAsync(() => client.GetBurnAsync(new Netuid(27), patience.Token));
            Assert.IsType<SubstrateException>(fault);
        }
    }

    static async Task<bool> AnswerAsync(Task sending)
    {
        await sending;
        return true;
    }

    static void DropOnSubscription(ScriptedChain chain, Func<bool> isDropping) => chain.Before = (peer, request) =>
    {
        if (request.GetProperty("method").GetString() != "chain_subscribeNewHeads" || !isDropping())
            return Task.FromResult(false);
        peer.Cut();
        return Task.FromResult(true);
    };

    static CancellationTokenSource Patience()
    {
        var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        return patience;
    }

    static SubtensorClient ClientOf(ScriptedChain chain, TimeProvider time, TimeSpan? backoff = null) => new(
        new SubtensorOptions
        {
            Endpoints = [chain.Node.Endpoint],
            // Longer than any pause, to tell the two apart.
            RequestTimeout = TimeSpan.FromSeconds(30),
            FirstBackoff = backoff ?? TimeSpan.FromSeconds(1),
            LongestBackoff = (backoff ?? TimeSpan.FromSeconds(1)) * 8,
        },
        time, NullLogger<SubtensorClient>.Instance);
}
