using Bittensor.Axon;
using Microsoft.Extensions.Time.Testing;

namespace Bittensor.Tests.Axon;

public class TurnQueueTests
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    readonly FakeTimeProvider _time = new();

    static CancellationToken Never => CancellationToken.None;

    [Fact]
    public async Task EnterAsync_BelowTheLimit_IsGrantedAtOnce()
    {
        var queue = new TurnQueue(2, 10, _time);

        Assert.Equal(Turn.Granted, await queue.EnterAsync(0, Patience, Never));
        Assert.Equal(Turn.Granted, await queue.EnterAsync(0, Patience, Never));
        Assert.Equal(2, queue.Running);
    }

    [Fact]
    public async Task Leave_SeveralWait_HighestPriorityGoesFirstAndEqualOnesByArrival()
    {
        var queue = new TurnQueue(1, 10, _time);
        await queue.EnterAsync(0, Patience, Never);
        List<string> order = [];
        var waiters = new[] { ("low", 1.0), ("high", 9.0), ("middle, first", 5.0), ("middle, second", 5.0) }
            .Select(async waiter =>
            {
                Assert.Equal(Turn.Granted, await queue.EnterAsync(waiter.Item2, Patience, Never));
                order.Add(waiter.Item1);
                queue.Leave();
            }).ToList();
        Assert.Equal(4, queue.Waiting);

        queue.Leave();
        await Task.WhenAll(waiters);

        Assert.Equal(["high", "middle, first", "middle, second", "low"], order);
        Assert.Equal(0, queue.Running);
    }

    [Fact]
    public async Task EnterAsync_QueueIsFull_IsToldAtOnce()
    {
        var queue = new TurnQueue(1, 1, _time);
        await queue.EnterAsync(0, Patience, Never);
        var waiting = queue.EnterAsync(0, Patience, Never);

        var refused = queue.EnterAsync(0, Patience, Never);

        Assert.True(refused.IsCompletedSuccessfully);
        Assert.Equal(Turn.Full, await refused);
        queue.Leave();
        Assert.Equal(Turn.Granted, await waiting);
    }

    /// <summary>Whoever has little stake and many requests must not close the queue to others.</summary>
    [Fact]
    public async Task EnterAsync_QueueIsFullOfLowerPriorities_TheLastOfTheLowestMakesRoom()
    {
        var queue = new TurnQueue(1, 3, _time);
        await queue.EnterAsync(0, Patience, Never);
        var waiting = new[] { 5.0, 1.0, 1.0 }.Select(priority => queue.EnterAsync(priority, Patience, Never).AsTask()).ToArray();

        var high = queue.EnterAsync(9, Patience, Never).AsTask();

        Assert.Equal(Turn.Full, await waiting[2]);
        Assert.Equal(3, queue.Waiting);
        Assert.Equal(Turn.Full, await queue.EnterAsync(1, Patience, Never));
        foreach (var next in new[] { high, waiting[0], waiting[1] })
        {
            queue.Leave();
            Assert.Equal(Turn.Granted, await next);
        }
        queue.Leave();
        Assert.Equal((0, 0), (queue.Running, queue.Waiting));
    }

    [Fact]
    public async Task Leave_CallersWhoSayThatTheyHaveNoTime_DoNotGoBeforeHigherPriorities()
    {
        var queue = new TurnQueue(1, 10, _time);
        await queue.EnterAsync(0, Patience, Never);
        var hasty = queue.EnterAsync(1, TimeSpan.FromMilliseconds(100), Never).AsTask();
        _time.Advance(TimeSpan.FromMilliseconds(90));
        var high = queue.EnterAsync(1000, Patience, Never).AsTask();

        queue.Leave();

        Assert.Equal(Turn.Granted, await high);
        Assert.False(hasty.IsCompleted);
        queue.Leave();
        Assert.Equal(Turn.Granted, await hasty);
    }

    [Fact]
    public async Task EnterAsync_CallerGivesUp_LeavesTheQueueAndTheTurnToOthers()
    {
        var queue = new TurnQueue(1, 10, _time);
        await queue.EnterAsync(0, Patience, Never);
        using var caller = new CancellationTokenSource();
        var leaving = queue.EnterAsync(9, Patience, caller.Token);
        var staying = queue.EnterAsync(1, Patience, Never);

        await caller.CancelAsync();

        Assert.Equal(Turn.GivenUp, await leaving);
        Assert.Equal(1, queue.Waiting);
        queue.Leave();
        Assert.Equal(Turn.Granted, await staying);
    }

    [Fact]
    public async Task Leave_LowPriorityHasWaitedHalfItsTime_GoesBeforeAnyStreamOfHighOnes()
    {
        var queue = new TurnQueue(1, 10, _time);
        await queue.EnterAsync(0, Patience, Never);
        var low = queue.EnterAsync(1, Patience, Never);
        _time.Advance(Patience / 2);
        var high = queue.EnterAsync(1000, Patience, Never);

        queue.Leave();

        Assert.Equal(Turn.Granted, await low);
        Assert.False(high.IsCompleted);
        queue.Leave();
        Assert.Equal(Turn.Granted, await high);
    }

    [Fact]
    public void EnterAsync_ManyThreads_NeverRunMoreThanTheLimit()
    {
        const int Limit = 3;
        var queue = new TurnQueue(Limit, 1000, _time);
        int running = 0, most = 0, done = 0;

        var threads = Enumerable.Range(0, 8).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < 200; i++)
            {
                queue.EnterAsync(i % 7, Patience, Never).AsTask().GetAwaiter().GetResult();
                InterlockedMax(ref most, Interlocked.Increment(ref running));
                Interlocked.Decrement(ref running);
                Interlocked.Increment(ref done);
                queue.Leave();
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.Equal(1600, done);
        Assert.InRange(most, 1, Limit);
        Assert.Equal(0, queue.Running);
        Assert.Equal(0, queue.Waiting);
    }

    static void InterlockedMax(ref int target, int value)
    {
        var seen = Volatile.Read(ref target);
        while (value > seen && Interlocked.CompareExchange(ref target, value, seen) is var current && current != seen)
            seen = current;
    }
}
