using System.Collections.Concurrent;
using Bittensor.Axon;
using Bittensor.Compute;

namespace Bittensor.Tests.Axon;

/// <summary>One worker, held by a handler the test controls; what waits behind it shows its order when it is let go.</summary>
public class AxonPriorityTests
{
    const string AtOnce = "at once";

    readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly ConcurrentQueue<string> _order = new();

    [Fact]
    public async Task Invoke_SaturatedAxon_HighStakeAllocateOvertakesLowStakeChallengesAndEqualOnesKeepTheirOrder()
    {
        await using var axon = await StartAsync(options => options.MaxWorkers = 1);
        axon.Admission.Priorities[TestAxon.Validator.Hotkey] = 50_000;
        axon.Admission.Priorities[TestAxon.Other.Hotkey] = 10;
        using var high = axon.Dendrite();
        using var low = axon.Dendrite(TestAxon.Other);
        var first = low.CallAsync(axon.Target, new AllocateSynapse { PublicKey = "first" }, Seconds(60), Cancellation);
        await _entered.Task;

        List<Task> calls = [first];
        calls.Add(await QueueAsync(axon, low.CallAsync(axon.Target, new ChallengeSynapse { ChallengeHash = "challenge 1" }, Seconds(60), Cancellation), 1));
        calls.Add(await QueueAsync(axon, low.CallAsync(axon.Target, new ChallengeSynapse { ChallengeHash = "challenge 2" }, Seconds(60), Cancellation), 2));
        calls.Add(await QueueAsync(axon, low.CallAsync(axon.Target, new AllocateSynapse { PublicKey = "low allocate" }, Seconds(60), Cancellation), 3));
        calls.Add(await QueueAsync(axon, high.CallAsync(axon.Target, new AllocateSynapse { PublicKey = "high allocate" }, Seconds(60), Cancellation), 4));
        _release.SetResult();
        await Task.WhenAll(calls);

        Assert.Equal(["first", "high allocate", "low allocate", "challenge 1", "challenge 2"], _order);
    }

    [Fact]
    public async Task Invoke_QueueIsFull_Answers503AtOnce()
    {
        await using var axon = await StartAsync(options => (options.MaxWorkers, options.MaxWaiting) = (1, 1));
        using var dendrite = axon.Dendrite();
        var running = dendrite.CallAsync(axon.Target, new AllocateSynapse(), Seconds(60), Cancellation);
        await _entered.Task;
        var waiting = await QueueAsync(axon, dendrite.CallAsync(axon.Target, new AllocateSynapse(), Seconds(60), Cancellation), 1);

        var refused = await dendrite.CallAsync(axon.Target, new AllocateSynapse(), Seconds(60), Cancellation);

        Assert.Equal(503, refused.HttpStatus);
        Assert.Equal("The axon is busy: too many requests wait.", refused.StatusMessage);
        _release.SetResult();
        await Task.WhenAll(running, waiting);
        Assert.Equal(1, axon.Pipeline.Statistics.Count("Allocate", AxonOutcome.NoTurn));
    }

    [Fact]
    public async Task Invoke_SaturatedAxon_PingIsAnsweredAllTheSame()
    {
        await using var axon = await StartAsync(options => (options.MaxWorkers, options.MaxWaiting) = (1, 0));
        using var dendrite = axon.Dendrite();
        var running = dendrite.CallAsync(axon.Target, new AllocateSynapse(), Seconds(60), Cancellation);
        await _entered.Task;

        var ping = await dendrite.CallAsync(axon.Target, new Bittensor.Synapses.PingSynapse(), Seconds(12), Cancellation);

        Assert.Equal(200, ping.StatusCode);
        _release.SetResult();
        await running;
    }

    [Fact]
    public async Task Invoke_SaturatedAxon_WhatTheEndpointAnswersAtOnceWaitsForNobody()
    {
        await using var axon = await StartAsync(options => (options.MaxWorkers, options.MaxWaiting) = (1, 0));
        using var dendrite = axon.Dendrite();
        var running = dendrite.CallAsync(axon.Target, new AllocateSynapse(), Seconds(60), Cancellation);
        await _entered.Task;

        var check = await dendrite.CallAsync(axon.Target, new AllocateSynapse { PublicKey = AtOnce }, Seconds(12), Cancellation);

        Assert.Equal(200, check.StatusCode);
        Assert.Equal(0, axon.Pipeline.Statistics.Count("Allocate", AxonOutcome.NoTurn));
        _release.SetResult();
        await running;
        Assert.DoesNotContain(AtOnce, _order);
    }

    [Fact]
    public async Task Invoke_DeadlinePassesInTheQueue_Answers408()
    {
        await using var axon = await StartAsync(options => options.MaxWorkers = 1);
        using var dendrite = new Bittensor.Dendrite.DendriteClient(TestAxon.Validator, new(), TimeProvider.System);
        using var builder = axon.Dendrite();
        var running = builder.CallAsync(axon.Target, new AllocateSynapse(), Seconds(120), Cancellation);
        await _entered.Task;
        var late = dendrite.SendAsync<AllocateSynapse>(builder.Build(axon.Target, new AllocateSynapse(), Seconds(15)), Cancellation);
        await QueueAsync(axon, late, 1);

        axon.Time.Advance(Seconds(14));
        var answer = await late;

        Assert.Equal(408, answer.HttpStatus);
        Assert.Equal("Response timeout after: 15.0s", answer.StatusMessage);
        Assert.Equal(0, axon.Pipeline.Waiting);
        _release.SetResult();
        await running;
    }

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);

    /// <summary>Waits until the call stands in the queue as the given one.</summary>
    static async Task<Task> QueueAsync(TestAxon axon, Task call, int position)
    {
        await Condition.UntilAsync(() => axon.Pipeline.Waiting == position);
        return call;
    }

    Task<TestAxon> StartAsync(Action<AxonOptions> configure) => TestAxon.StartAsync(
        configure,
        [
            new ScriptedEndpoint<AllocateSynapse>((synapse, _, _) => HandleAsync(synapse.PublicKey), priorityOffset: 3, synapse => synapse.PublicKey == AtOnce),
            new ScriptedEndpoint<ChallengeSynapse>((synapse, _, _) => HandleAsync(synapse.ChallengeHash), priorityOffset: 2),
        ],
        null);

    async Task HandleAsync(string name)
    {
        _order.Enqueue(name);
        _entered.TrySetResult();
        await _release.Task;
    }
}
