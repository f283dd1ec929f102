using ComputeMiner.Allocations;

namespace ComputeMiner.Releases;

/// <summary>
/// A release that shows it is good: able to deliver, for a while without a break. Until then the machine is closed, so that going back to
/// the version before crosses nobody's allocation.
/// </summary>
/// <param name="store">Where the result is written; who started this process reads it there.</param>
/// <param name="trial">This program's.</param>
/// <param name="allocator">Closed by the caller before anything could be accepted.</param>
/// <param name="isReady">Whether the miner can deliver.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">What an operator acts on.</param>
sealed partial class Probation(
    UpdateStore store, TrialRelease trial, Allocator allocator, Func<bool> isReady, TimeProvider time, ILogger<Probation> logger) : BackgroundService
{
    /// <summary>How long all must be well.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(10);

    static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>The trial of this program; null when it is not on trial.</summary>
    public static TrialRelease? Of(UpdateStore store) =>
        Supervision.IsSupervised && store.State.Trial is { } trial && trial.Version == ReleaseVersion.Own.Text ? trial : null;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Log.OnTrial(logger, trial.Version, trial.From);
        using var timer = new PeriodicTimer(Interval, time);
        for (long? well = null; well is not { } since || time.GetElapsedTime(since) < Length; well = isReady() ? well ?? time.GetTimestamp() : null)
            await timer.WaitForNextTickAsync(stoppingToken);
        var now = time.GetUtcNow();
        var state = store.Change(state => state with
        {
            Trial = null,
            Installed = new InstalledRelease(trial.Version, trial.Digest, now),
            Watch = new ReleaseWatch(trial.Version, now, state.Installed is { } before && before.Version == trial.From ? before : null),
            Failed = [.. state.Failed.Where(failed => failed.Version != trial.Version)],
            Result = $"release {trial.Version} is installed",
            ResultAt = now,
        });
        allocator.Reopen();
        Log.Good(logger, trial.Version, state.AwaySeconds ?? 0);
        store.Sweep();
        await Task.Delay(Timeout.InfiniteTimeSpan, time, stoppingToken);
    }

    static partial class Log
    {
        [LoggerMessage(6340, LogLevel.Information, "Version {Version} is on trial after {From}; nothing is handed out until it has shown that it can deliver")]
        public static partial void OnTrial(ILogger logger, string version, string from);

        [LoggerMessage(6341, LogLevel.Warning, "Version {Version} is installed. The axon was away for {Seconds:0.0} s.")]
        public static partial void Good(ILogger logger, string version, double seconds);
    }
}
