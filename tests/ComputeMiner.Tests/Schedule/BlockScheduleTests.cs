using Bittensor.Keys;
using ComputeMiner.Schedule;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ComputeMiner.Tests.Schedule;

public class BlockScheduleTests
{
    static readonly ulong[] Intervals = [1, 30, 75, 150];

    readonly FakeTimeProvider _time = new();
    readonly Dictionary<string, List<ulong>> _runs = [];

    /// <summary>The design's intervals over 10,000 blocks: the first head runs everything, then each window its job once.</summary>
    [Fact]
    public async Task OnHead_ForEachOf10000Blocks_RunsEachJobAtTheStartOfItsWindows()
    {
        const ulong first = 5_000_017;
        var schedule = Schedule([Counting(1, "first") with { Then = Counting(1, "after it") }, .. Intervals.Select(interval => Counting(interval))]);
        for (var block = first; block < first + 10_000; block++)
            await HeadAsync(schedule, block);

        // As metagraph and axon entry: both at every head, the second after the first.
        Assert.All((string[])["first", "after it"], name => Assert.Equal(10_000, _runs[name].Distinct().Count()));
        Assert.Equal((10_000, 10_000), (_runs["first"].Count, _runs["after it"].Count));

        foreach (var interval in Intervals)
        {
            var runs = _runs[$"every {interval}"];
            Assert.Equal(first, runs[0]);
            // Every block of the range that begins a window, none else.
            var expected = Enumerable.Range(1, 9_999).Select(i => first + (ulong)i).Where(block => block % interval == 0);
            Assert.Equal(expected, runs[1..]);
        }
    }

    /// <summary>Another hotkey's windows begin elsewhere, and are as many, as long and as exact.</summary>
    [Theory]
    [InlineData(0ul)]
    [InlineData(17ul)]
    [InlineData(149ul)]
    [InlineData(ulong.MaxValue)]
    public async Task OnHead_ForEachOf10000BlocksWithAPhase_RunsEachJobAtTheStartOfItsWindows(ulong phase)
    {
        const ulong first = 5_000_017;
        var schedule = Schedule(Intervals.Select(interval => Counting(interval) with { Phase = phase }));
        for (var block = first; block < first + 10_000; block++)
            await HeadAsync(schedule, block);

        foreach (var interval in Intervals)
        {
            var expected = Enumerable.Range(1, 9_999).Select(i => first + (ulong)i).Where(block => block % interval == phase % interval);
            Assert.Equal([first, .. expected], _runs[$"every {interval}"]);
        }
    }

    [Fact]
    public async Task OnHead_WithAPhaseAndMissedRepeatedAndAbsurdHeads_KeepsTheWindowsWhereTheyWere()
    {
        var schedule = Schedule([Counting(75) with { Phase = 10 }]);
        foreach (var block in (ulong[])[0, 9, 10, 84, 84, 86, 85, 79, 160, 340, 384, 385, ulong.MaxValue, 386, 460])
            await HeadAsync(schedule, block);

        // 85 was missed and 86 came for it; the one from 235 was missed as a whole.
        Assert.Equal([0, 10, 86, 160, 340, 385, ulong.MaxValue, 386, 460], _runs["every 75"]);
    }

    [Fact]
    public void PhaseOf_ManyHotkeys_IsEachTimeTheSameAndFillsTheInterval()
    {
        var hotkeys = Enumerable.Range(0, 7_500).Select(i => new Hotkey(new AccountId([.. BitConverter.GetBytes(i), .. new byte[28]]))).ToList();

        var crowd = hotkeys.GroupBy(hotkey => BlockPhase.Of(hotkey) % 75).Select(group => group.Count()).ToList();

        Assert.Equal(7_500, hotkeys.Select(BlockPhase.Of).Distinct().Count());
        Assert.Equal(hotkeys.Select(BlockPhase.Of), hotkeys.Select(BlockPhase.Of));
        // A hundred each on average, and those of a fair coin stay within six standard deviations.
        Assert.Equal(75, crowd.Count);
        Assert.All(crowd, count => Assert.InRange(count, 40, 160));
    }

    [Fact]
    public async Task OnHead_WithMissedHeads_KeepsTheWindowsWhereTheyWere()
    {
        var schedule = Schedule([Counting(75)]);
        foreach (var block in (ulong[])[750, 760, 830, 899, 900, 974, 976, 1051])
            await HeadAsync(schedule, block);

        // 825 was missed and 830 came for it; the window from 900 begins at 900 all the same.
        Assert.Equal([750, 830, 900, 976, 1051], _runs["every 75"]);
    }

    [Fact]
    public async Task OnHead_AfterALongGap_RunsOnceForAllTheWindowsMissed()
    {
        var schedule = Schedule(Intervals.Select(interval => Counting(interval)));
        await HeadAsync(schedule, 1_000);
        await HeadAsync(schedule, 11_000);
        await HeadAsync(schedule, 11_001);

        Assert.All(Intervals.Skip(1), interval => Assert.Equal([1_000, 11_000], _runs[$"every {interval}"]));
        Assert.Equal([1_000, 11_000, 11_001], _runs["every 1"]);
    }

    [Fact]
    public async Task OnHead_RepeatedAndReorganised_RunsNothingTwice()
    {
        var schedule = Schedule([Counting(30)]);
        foreach (var block in (ulong[])[89, 90, 90, 88, 89, 90, 91, 70, 90, 120])
            await HeadAsync(schedule, block);

        Assert.Equal([89, 90, 120], _runs["every 30"]);
    }

    [Fact]
    public async Task OnHead_OneAbsurdNumber_StopsNothingForGood()
    {
        var schedule = Schedule([Counting(75)]);
        foreach (var block in (ulong[])[100, ulong.MaxValue, 101, 102, 150])
            await HeadAsync(schedule, block);

        Assert.Equal([100, ulong.MaxValue, 101, 150], _runs["every 75"]);
    }

    [Fact]
    public async Task Job_ThatHangs_DelaysNoOtherAndIsNotStartedTwice()
    {
        var stuck = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var started = 0;
        var schedule = Schedule(
        [
            new BlockJob("stuck", 10, TimeSpan.FromSeconds(5), (_, _) =>
            {
                Interlocked.Increment(ref started);
                return stuck.Task;
            }),
            Counting(10),
        ]);
        for (ulong block = 10; block < 60; block++)
        {
            schedule.OnHead(block, CancellationToken.None);
            await WhenAsync(() => _runs.TryGetValue("every 10", out var runs) && runs.Count == (int)(block / 10) && !schedule.Jobs[1].IsRunning);
        }
        var whileStuck = (started, schedule.Jobs[0].IsRunning);
        Assert.True(schedule.Jobs[0].Ok);
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.False(schedule.Jobs[0].Ok);
        Assert.Contains("still runs", schedule.Jobs[0].Result, StringComparison.Ordinal);
        stuck.SetResult("at last");
        await WhenAsync(() => !schedule.Jobs[0].IsRunning);
        schedule.OnHead(60, CancellationToken.None);
        await schedule.WhenIdleAsync();

        Assert.Equal((1, true), whileStuck);
        Assert.Equal([10, 20, 30, 40, 50, 60], _runs["every 10"]);
        Assert.Equal((2, "at last"), (started, schedule.Jobs[0].Result));
    }

    [Fact]
    public async Task Job_OfEveryHead_RunsOnceMoreForTheNewestOfTheHeadsItMissed()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        List<ulong> runs = [];
        var schedule = Schedule([new BlockJob("slow", 1, TimeSpan.FromMinutes(1), async (block, _) =>
        {
            runs.Add(block);
            await gate.Task;
            return "";
        })
        {
            Then = Counting(1, "after it"),
        }]);
        foreach (var block in (ulong[])[7, 8, 9, 9])
            schedule.OnHead(block, CancellationToken.None);
        gate.SetResult();
        await schedule.WhenIdleAsync();

        Assert.Equal([7, 9], runs);
        // The second may have been at work when the last head came to it; it is not left out.
        Assert.Equal(9ul, _runs["after it"][^1]);
        Assert.Equal(["slow", "after it"], schedule.Jobs.Select(job => job.Name));
    }

    [Fact]
    public async Task Job_ThatTellsItself_IsShownAsFailedAndNotLogged()
    {
        var logs = new RecordedLogs();
        var quiet = new BlockJob("quiet", 1, TimeSpan.FromSeconds(5), (_, _) => throw new JobFailedException("no chain")) { TellsItself = true };
        var schedule = new BlockSchedule([quiet, quiet with { Name = "loud", TellsItself = false }], _time, logs.CreateLogger<BlockSchedule>());
        await HeadAsync(schedule, 5);

        Assert.All(schedule.Jobs, job => Assert.Equal((false, "no chain", 5.0), (job.Ok, job.Result, job.PatienceSeconds)));
        Assert.Equal("loud failed: no chain", Assert.Single(logs.Lines).Text);
    }

    [Fact]
    public async Task Job_PastItsPatience_IsCancelledAndRunsAgainInItsNextWindow()
    {
        var schedule = Schedule([new BlockJob("slow", 10, TimeSpan.FromSeconds(5), async (_, token) =>
        {
            // A job that never ends by itself.
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, token);
            return "";
        })]);
        schedule.OnHead(10, CancellationToken.None);
        await WhenAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return !schedule.Jobs[0].IsRunning;
        });
        var late = schedule.Jobs[0];
        schedule.OnHead(11, CancellationToken.None);
        var sameWindow = schedule.Jobs[0].Runs;
        schedule.OnHead(20, CancellationToken.None);

        Assert.Equal((false, "did not end within 5 s"), (late.Ok, late.Result));
        Assert.Equal((1, 2), (sameWindow, schedule.Jobs[0].Runs));
    }

    [Fact]
    public async Task Job_OfEveryHeadThatFailed_RunsAgainWhenItsHeadIsToldAgain()
    {
        var runs = 0;
        var job = new BlockJob("read", 1, TimeSpan.FromMinutes(1), (_, _) => ++runs == 1 ? throw new JobFailedException("no chain") : Task.FromResult("read"));
        var schedule = new BlockSchedule([job], TimeProvider.System, NullLogger<BlockSchedule>.Instance);

        for (var told = 0; told < 3; told++)
            await HeadAsync(schedule, 7);

        Assert.Equal((2, true, "read"), (runs, schedule.Jobs[0].Ok, schedule.Jobs[0].Result));
    }

    [Fact]
    public async Task Job_ThatThrows_ShowsWhyAndGoesOn()
    {
        var schedule = Schedule([new BlockJob("failing", 1, TimeSpan.FromSeconds(5), (block, _) =>
            block == 1 ? throw new InvalidOperationException("no such thing") : Task.FromResult("fine"))]);
        await HeadAsync(schedule, 1);
        var failed = schedule.Jobs[0];
        await HeadAsync(schedule, 2);

        Assert.Equal((false, "no such thing"), (failed.Ok, failed.Result));
        Assert.Equal((true, "fine", 2L), (schedule.Jobs[0].Ok, schedule.Jobs[0].Result, schedule.Jobs[0].Runs));
    }

    static async Task HeadAsync(BlockSchedule schedule, ulong block)
    {
        schedule.OnHead(block, CancellationToken.None);
        await schedule.WhenIdleAsync();
    }

    static async Task WhenAsync(Func<bool> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        while (!holds())
            await timer.WaitForNextTickAsync(patience.Token);
    }

    BlockSchedule Schedule(IEnumerable<BlockJob> jobs) => new(jobs, _time, NullLogger<BlockSchedule>.Instance);

    BlockJob Counting(ulong interval, string? name = null) => new(name ?? $"every {interval}", interval, TimeSpan.FromMinutes(1), (block, _) =>
    {
        lock (_runs)
        {
            if (!_runs.TryGetValue(name ?? $"every {interval}", out var runs))
                _runs[name ?? $"every {interval}"] = runs = [];
            runs.Add(block);
        }
        return Task.FromResult("done");
    });
}
