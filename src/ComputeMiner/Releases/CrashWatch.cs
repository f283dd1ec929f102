namespace ComputeMiner.Releases;

/// <summary>
/// Gives an installed release up that was good when it was tried and ends soon after each start now. Used while it does not run: then
/// nobody else writes the state.
/// </summary>
sealed partial class CrashWatch(string stateDirectory, LedgerCopy ledger, TimeProvider time, ILogger logger)
{
    // As a shell counts them: 128 and the signal (signal(7): SIGHUP, SIGINT, SIGTERM).
    const int HungUp = 129;
    const int Interrupted = 130;
    const int Terminated = 143;

    /// <summary>
    /// Whether an end may be the release's own fault: an exit code of 1 counts, because only a release that says nothing better ends with it,
    /// and so does every other signal, and making room where nothing waits for it. 0 is a stop, 2 a command line that no version would take.
    /// </summary>
    static bool IsCrash(int code, UpdateState state) => code == Supervision.MakesRoom
        ? state.Trial is null
        : code is not (0 or 2 or Supervision.CannotStartHere or HungUp or Interrupted or Terminated);

    /// <summary>Notes that a release ended by itself.</summary>
    public AfterEnd Note(string version, int code, TimeSpan ran)
    {
        var store = new UpdateStore(stateDirectory);
        if (!IsCrash(code, store.State) || store.State.Watch is not { } watch || watch.Version != version)
            return AfterEnd.PassOn;
        var ends = ran < ReleaseWatch.Quick ? watch.QuickEnds + 1 : 0;
        if (ends >= ReleaseWatch.MostQuickEnds)
            return GiveUp(store, watch, $"ended {ends} times in a row within {ReleaseWatch.Quick.TotalMinutes:0} minutes of its start, the last time with exit code {code}");
        var isKept = store.TryChange(state => state with { Watch = watch with { QuickEnds = ends } });
        if (ends == 0)
            return AfterEnd.PassOn;
        Log.EndedSoon(logger, version, code, ran.TotalSeconds, ends, ReleaseWatch.MostQuickEnds, NameOf(watch.Before));
        // What cannot be counted is not tried for ever.
        return isKept ? AfterEnd.StartAgain : AfterEnd.PassOn;
    }

    AfterEnd GiveUp(UpdateStore store, ReleaseWatch watch, string reason)
    {
        var before = NameOf(watch.Before);
        Log.GivenUp(logger, watch.Version, reason, before);
        try
        {
            if (ledger.GoBack())
                Log.LedgerWentBack(logger, watch.Version);
            store.GoBack(watch, reason, $"rolled back to {before}", time.GetUtcNow());
            store.NoteStopping(time.GetUtcNow());
            store.Sweep();
            return AfterEnd.GivenUp;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // The next start counts one more.
            Log.NotWritten(logger, watch.Version, fault.Message);
            return AfterEnd.PassOn;
        }
    }

    static string NameOf(InstalledRelease? before) => before?.Version ?? ReleaseVersion.Own.Text;

    static partial class Log
    {
        [LoggerMessage(6348, LogLevel.Warning, "The installed version {Version} ended with exit code {Code} after {Seconds:0} s: {Count} of {Most} such ends in a row, after which {Before} runs again")]
        public static partial void EndedSoon(ILogger logger, string version, int code, double seconds, int count, int most, string before);

        [LoggerMessage(6352, LogLevel.Error, "The installed version {Version} {Reason}; back to {Before}")]
        public static partial void GivenUp(ILogger logger, string version, string reason, string before);

        [LoggerMessage(6353, LogLevel.Warning, "Version {Version} had brought the ledger to a form that the version before does not read: it is as it was before, and a rental is taken over from its container")]
        public static partial void LedgerWentBack(ILogger logger, string version);

        [LoggerMessage(6354, LogLevel.Error, "That version {Version} was given up cannot be written down: {Reason}")]
        public static partial void NotWritten(ILogger logger, string version, string reason);
    }
}
