namespace ComputeMiner.Releases;

/// <summary>In a release that runs: forgets its quick ends once it runs well, and after its first day what it would have been given up for.</summary>
sealed partial class FirstDay(UpdateStore store, TimeProvider time, ILogger<FirstDay> logger) : BackgroundService
{
    static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = time.GetTimestamp();
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (time.GetElapsedTime(started) >= ReleaseWatch.Quick && store.State.Watch is { } watch && watch.Version == ReleaseVersion.Own.Text)
                Look(watch);
        }
    }

    void Look(ReleaseWatch watch)
    {
        // Either way of a clock that was set.
        if ((time.GetUtcNow() - watch.Since).Duration() < ReleaseWatch.Length)
        {
            if (watch.QuickEnds > 0)
                store.TryChange(state => state with { Watch = watch with { QuickEnds = 0 } });
        }
        else if (store.TryChange(state => state with { Watch = null }))
        {
            Log.Over(logger, watch.Version);
            store.Sweep();
        }
    }

    static partial class Log
    {
        [LoggerMessage(6349, LogLevel.Information, "Version {Version} ran well for a day; what ran before it is not kept any longer")]
        public static partial void Over(ILogger logger, string version);
    }
}
