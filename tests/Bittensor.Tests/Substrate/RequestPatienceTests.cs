using Bittensor.Substrate;
using Bittensor.Substrate.Rpc;
using Bittensor.Subtensor;
using DevNet.Tests.Faults;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Bittensor.Tests.Substrate;

/// <summary>How long a node is waited for: short, longer with each miss, short again when it is well.</summary>
public sealed class RequestPatienceTests
{
    static readonly SubstrateOptions Options = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Of_MissesInARow_DoublesUpToTheLongest()
    {
        var patience = new RequestPatience(Options, new FakeTimeProvider());
        List<double> seconds = [patience.Of(isLarge: false).TotalSeconds];
        for (var miss = 0; miss < 20; miss++)
        {
            patience.Missed("any");
            seconds.Add(patience.Of(isLarge: false).TotalSeconds);
        }

        Assert.Equal([8, 16, 32, 60, 60], seconds.Take(5));
        Assert.Equal(60, seconds[^1]);
    }

    [Fact]
    public void Of_LargeReply_HasMoreTimeFromTheStart()
    {
        var patience = new RequestPatience(Options, new FakeTimeProvider());

        Assert.Equal(30, patience.Of(isLarge: true).TotalSeconds);
        patience.Missed("any");
        Assert.Equal(60, patience.Of(isLarge: true).TotalSeconds);
        patience.Missed("any");
        Assert.Equal(60, patience.Of(isLarge: true).TotalSeconds);
    }

    [Fact]
    public void Of_LongestShorterThanTheFirst_IsTheFirst()
    {
        var patience = new RequestPatience(new SubstrateOptions { LongestRequestTimeout = TimeSpan.FromSeconds(5) }, new FakeTimeProvider());
        patience.Missed("any");

        Assert.Equal(8, patience.Of(isLarge: false).TotalSeconds);
    }

    [Fact]
    public void Answered_WhatWasMissedComesPromptly_IsShortAgain()
    {
        var patience = new RequestPatience(Options, new FakeTimeProvider());
        patience.Missed("one");
        patience.Missed("one");

        patience.Answered("one", TimeSpan.FromSeconds(1));

        Assert.Equal(8, patience.Of(isLarge: false).TotalSeconds);
    }

    [Fact]
    public void Answered_OtherThingsPromptly_StaysLongUntilTheMissIsOld()
    {
        var time = new FakeTimeProvider();
        var patience = new RequestPatience(Options, time);
        patience.Missed("large");
        for (var block = 0; block < 4; block++)
        {
            time.Advance(TimeSpan.FromSeconds(12));
            patience.Answered("small", TimeSpan.FromSeconds(0.1));
            Assert.Equal(16, patience.Of(isLarge: false).TotalSeconds);
        }
        time.Advance(TimeSpan.FromSeconds(12));
        patience.Answered("small", TimeSpan.FromSeconds(0.1));

        Assert.Equal(8, patience.Of(isLarge: false).TotalSeconds);
    }

    [Fact]
    public void Answered_SlowlyEachBlock_StaysLong()
    {
        var time = new FakeTimeProvider();
        var patience = new RequestPatience(Options, time);
        patience.Missed("large");
        for (var block = 0; block < 100; block++)
        {
            time.Advance(TimeSpan.FromSeconds(12));
            patience.Answered("large", TimeSpan.FromSeconds(10));
            patience.Answered("small", TimeSpan.FromSeconds(0.1));
        }

        Assert.Equal(16, patience.Of(isLarge: false).TotalSeconds);
    }

    /// <summary>The tenth second is after the deadline: one connection is given up, and no other.</summary>
    [Fact]
    public async Task Reads_NodeThatTakesTenSecondsForEachAnswer_GoOnOnOneConnection()
    {
        await using var chain = await ScriptedChain.StartAsync(RuntimeAge.Current);
        var options = new SubtensorOptions { Endpoints = [chain.Node.Endpoint], OfflineTimeout = TimeSpan.FromHours(1), HeadTimeout = TimeSpan.FromHours(1) };
        var clock = new VirtualClock(options);
        var slow = new SlowAnswers(chain, clock, TimeSpan.FromSeconds(10));
        await using var client = new SubtensorClient(options, clock, NullLogger<SubtensorClient>.Instance);
        await client.GetHeadAsync(Cancellation);
        chain.Before = slow.HoldAsync;

        for (var read = 0; read < 5; read++)
            Assert.Equal(100_000_000UL, await slow.UntilAsync(client.GetBurnAsync(new Netuid(27), Cancellation), Cancellation));

        Assert.Equal(2, chain.Node.Connections);
    }

    [Fact]
    public async Task CallAsync_SecondTimeAfterAMiss_IsSentAgainUntilTheNodeIsBack()
    {
        var isBack = false;
        var asked = new SemaphoreSlim(0);
        await using var node = await ScriptedNode.StartAsync(async (peer, request) =>
        {
            if (isBack)
                await peer.ReplyAsync(request, 7);
            asked.Release();
        });
        var time = new FakeTimeProvider();
        var patience = new RequestPatience(Options, time);
        patience.Missed("any");
        patience.Missed("any");
        await using var rpc = await RpcConnection.ConnectAsync(node.Endpoint, Options, time, Cancellation, patience);

        var call = rpc.CallAsync("any", null, Cancellation);
        await asked.WaitAsync(Cancellation);
        isBack = true;
        await PassAsync(time, TimeSpan.FromSeconds(8), asked.WaitAsync(Cancellation));

        Assert.Equal(7, (await call).GetInt32());
        Assert.InRange(node.Methods.Count, 2, 4);
        Assert.False(rpc.HasEnded);
    }

    /// <summary>What opens something, or is submitted, must not be there twice.</summary>
    [Fact]
    public async Task SubscribeAsync_SecondTimeAfterAMiss_IsSentOnce()
    {
        var asked = new SemaphoreSlim(0);
        await using var node = await ScriptedNode.StartAsync((_, _) =>
        {
            asked.Release();
            return Task.CompletedTask;
        });
        var time = new FakeTimeProvider();
        var patience = new RequestPatience(Options, time);
        patience.Missed("any");
        await using var rpc = await RpcConnection.ConnectAsync(node.Endpoint, Options, time, Cancellation, patience);

        var opening = rpc.SubscribeAsync("any_submitAndWatch", "any_unwatch", null, Cancellation);
        await asked.WaitAsync(Cancellation);
        await PassAsync(time, TimeSpan.FromSeconds(1), opening);

        var fault = await Assert.ThrowsAsync<SubstrateException>(() => opening);
        Assert.Contains("within 16 s", fault.Message, StringComparison.Ordinal);
        Assert.Single(node.Methods);
    }

    static async Task PassAsync(FakeTimeProvider time, TimeSpan step, Task until)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!until.IsCompleted && await timer.WaitForNextTickAsync(Cancellation))
            time.Advance(step);
    }
}
