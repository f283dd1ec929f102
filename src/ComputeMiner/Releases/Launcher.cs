namespace ComputeMiner.Releases;

/// <summary>
/// Decides which version runs: this program, or an installed release that is newer, as a child of this process. When a release is to be
/// tried, the version before has made room, and this process watches: a release that ends or is not good in time is given up, and the
/// version before runs again. This process is the one that a service manager or terminal knows, whatever version runs.
/// </summary>
/// <param name="stateDirectory">Whose releases.</param>
/// <param name="mode">With "off" this program itself runs.</param>
/// <param name="arguments">The command line.</param>
/// <param name="runSelf">Runs this program's miner; true when it made room for a release.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">What an operator acts on.</param>
sealed partial class Launcher(
    string stateDirectory, UpdateMode mode, IReadOnlyList<string> arguments, Func<CancellationToken, Task<bool>> runSelf, TimeProvider time,
    ILogger<Launcher> logger)
{
    /// <summary>Nothing listens on the axon's port for longer than this because of a release.</summary>
    public static readonly TimeSpan ListenPatience = TimeSpan.FromMinutes(1);

    /// <summary>A release may have to build its base image first.</summary>
    public static readonly TimeSpan ReadyPatience = TimeSpan.FromMinutes(15);

    static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    readonly CandidateTest _test = new(arguments, time);
    readonly LedgerCopy _ledger = new(stateDirectory, new UpdateStore(stateDirectory).Root);
    readonly CrashWatch _crashes = new(stateDirectory, new LedgerCopy(stateDirectory, new UpdateStore(stateDirectory).Root), time, logger);

    readonly StartWatch _starts = new(stateDirectory, time, logger);

    /// <summary>Not tried again, also where that could not be written down.</summary>
    readonly HashSet<string> _givenUp = [];

    /// <summary>The installed release that runs where no trial does; null for this program.</summary>
    string? _version;

    /// <summary>Runs until the stop.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        if (Supervision.IsSupervised)
            return await runSelf(stop) ? Supervision.MakesRoom : 0;
        using var alone = LauncherLock.Take(Store());
        if (Store().State.Trial is null)
            // Its copy stayed where this was ended as the release became good.
            _ledger.PutBy(Store().State.Watch is not null);
        if (Store().State.Trial is { Attempts: > 0 } interrupted)
            GiveUp(interrupted, "was being tried when this machine or the program that watched it ended");
        else if (Store().State.Trial is { } old && !(ReleaseVersion.TryParse(old.Version, out var version) && version > ReleaseVersion.Own))
            // The operator was faster.
            _givenUp.Add(old.Version);
        else if (mode == UpdateMode.Off && Store().State.Trial is { } unwanted)
            Forget(unwanted, "updates are off");
        _version = mode == UpdateMode.Off ? null : await ChooseAsync(stop);
        while (true)
        {
            var code = mode != UpdateMode.Off && Store().State.Trial is { } trial && !_givenUp.Contains(trial.Version) ? await TryAsync(trial, stop) : null;
            code ??= await RunChosenAsync(stop);
            if (code is null)
                continue;
            if (code != Supervision.MakesRoom || stop.IsCancellationRequested)
                return Told(code.Value);
            if (Store().State.Trial is null)
                return 1;
            // Whoever made room wants what is on trial now, also one that was given up before.
            _givenUp.Clear();
        }
    }

    // What only a program and its watcher agree on says nothing to anybody else.
    static int Told(int code) => code switch { Supervision.CannotStartHere => 1, Supervision.MakesRoom => 0, _ => code };

    // Each time anew: another process may have written it.
    UpdateStore Store() => new(stateDirectory);

    async Task<string?> ChooseAsync(CancellationToken cancellation)
    {
        var store = Store();
        if (store.State.Installed is not { } installed || !ReleaseVersion.TryParse(installed.Version, out var version) || version <= ReleaseVersion.Own)
            return null;
        try
        {
            store.Guard();
            if (ReleaseTree.Digest(store.PathOf(installed.Version)) != installed.Digest)
                throw new ReleaseException("is damaged or gone");
            await _test.TestVersionAsync(store.ProgramOf(installed.Version), installed.Version, cancellation);
            return installed.Version;
        }
        catch (ReleaseException fault)
        {
            Log.Unusable(logger, installed.Version, fault.Message, ReleaseVersion.Own.Text);
            // Where that cannot be kept, the next start finds the same.
            store.TryChange(state => state with
            {
                Installed = null,
                Watch = null,
                Result = $"installed release {installed.Version} {fault.Message}; {ReleaseVersion.Own} runs",
                ResultAt = time.GetUtcNow(),
            });
            return null;
        }
    }

    /// <summary>The exit code; null when another version is to run now.</summary>
    async Task<int?> RunChosenAsync(CancellationToken stop)
    {
        if (_version is not { } version)
            return await runSelf(stop) ? Supervision.MakesRoom : 0;
        Log.Starting(logger, version, ReleaseVersion.Own.Text);
        try
        {
            var started = time.GetTimestamp();
            var program = await SupervisedProgram.StartAsync(Store().ProgramOf(version), arguments);
            await using var forward = stop.Register(program.AskToEnd);
            using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
            var starts = _starts.FollowAsync(program, version, over.Token);
            await program.Ended;
            await over.CancelAsync();
            // One that hung has not run at all.
            return await EndAsync(program, version, await starts ? time.GetTimestamp() : started, stop);
        }
        catch (ReleaseException fault)
        {
            Log.Unusable(logger, version, fault.Message, ReleaseVersion.Own.Text);
            _version = null;
            return await runSelf(stop) ? Supervision.MakesRoom : 0;
        }
    }

    /// <summary>The exit code of a release that was good and ended, or was stopped; null when it was given up.</summary>
    async Task<int?> TryAsync(TrialRelease trial, CancellationToken stop)
    {
        var store = Store();
        if (stop.IsCancellationRequested)
            return 0;
        if (_ledger.IsHeld())
            return Forget(trial, "somebody has the machine");
        if (ReleaseTree.Digest(store.PathOf(trial.Version)) != trial.Digest)
            return GiveUp(trial, "was damaged before it was tried", isTried: false);
        var isTried = false;
        try
        {
            store.Guard();
            _ledger.Take();
            isTried = true;
            store.Change(state => state with { Trial = trial with { Attempts = trial.Attempts + 1 } });
            Log.Trying(logger, trial.Version, trial.From);
            var started = time.GetTimestamp();
            var program = await SupervisedProgram.StartAsync(store.ProgramOf(trial.Version), arguments);
            await using var forward = stop.Register(program.AskToEnd);
            var fault = await WatchAsync(program, trial, stop);
            if (fault is null)
                return await EndAsync(program, trial, started, stop);
            await program.KillAsync();
            if (!IsGood(trial))
                return GiveUp(trial, fault);
            // In the moment between the look and the kill: it runs again.
            _version = trial.Version;
            _ledger.PutBy(Store().State.Watch is not null);
            return null;
        }
        catch (Exception fault) when (fault is ReleaseException or IOException or UnauthorizedAccessException)
        {
            return GiveUp(trial, fault.Message, isTried);
        }
    }

    /// <summary>Why it is given up; null when it is good, or the operator stopped it.</summary>
    async Task<string?> WatchAsync(SupervisedProgram program, TrialRelease trial, CancellationToken stop)
    {
        var started = time.GetTimestamp();
        using var timer = new PeriodicTimer(Interval, time);
        while (true)
        {
            await Task.WhenAny(program.Ended, timer.WaitForNextTickAsync(CancellationToken.None).AsTask());
            if (IsGood(trial))
                return null;
            if (program.Ended.IsCompleted)
                return stop.IsCancellationRequested ? null : Reason(await program.Ended);
            var elapsed = time.GetElapsedTime(started);
            if (stop.IsCancellationRequested)
                continue;
            if (elapsed > ListenPatience && Store().State.Trial is { ListeningAt: null })
                return $"did not listen within {ListenPatience.TotalSeconds:0} s";
            if (elapsed > ReadyPatience)
                return $"was not ready within {ReadyPatience.TotalMinutes:0} minutes";
        }
    }

    static string Reason(int code) => code == Supervision.CannotStartHere
        ? "could not start on this machine as it was then (the line before says why)"
        : $"ended with exit code {code} before it was ready";

    /// <summary>The exit code; null when this version or another one is to run now.</summary>
    async Task<int?> EndAsync(SupervisedProgram program, string version, long started, CancellationToken stop)
    {
        var code = await program.Ended;
        var next = stop.IsCancellationRequested ? AfterEnd.PassOn : _crashes.Note(version, code, time.GetElapsedTime(started));
        if (next == AfterEnd.PassOn)
            return code;
        if (next == AfterEnd.GivenUp)
        {
            _givenUp.Add(version);
            _version = await ChooseAsync(stop);
        }
        return null;
    }

    async Task<int?> EndAsync(SupervisedProgram program, TrialRelease trial, long started, CancellationToken stop)
    {
        if (IsGood(trial))
        {
            _version = trial.Version;
            _ledger.PutBy(Store().State.Watch is not null);
            return await EndAsync(program, trial.Version, started, stop);
        }
        // Stopped by the operator before it could show anything: it has not failed, and is tried again at the next start.
        var code = await program.Ended;
        _ledger.Restore();
        Store().TryChange(state => state with { Trial = trial });
        return code;
    }

    bool IsGood(TrialRelease trial) => Store().State is { Trial: null, Installed: { } installed } && installed.Version == trial.Version;

    /// <summary>It has not failed: it is brought here again when its time comes.</summary>
    int? Forget(TrialRelease trial, string reason)
    {
        _givenUp.Add(trial.Version);
        var store = Store();
        if (store.TryChange(state => state with { Trial = null, Result = $"release {trial.Version} was not tried: {reason}", ResultAt = time.GetUtcNow() }))
            store.Sweep();
        return null;
    }

    int? GiveUp(TrialRelease trial, string reason, bool isTried = true)
    {
        Log.GivenUp(logger, trial.Version, reason, trial.From);
        _givenUp.Add(trial.Version);
        try
        {
            // A copy that was not taken for this trial is none of its ledger.
            if (isTried)
                _ledger.Restore();
            var store = Store();
            store.Fail(trial.Version, reason, $"rolled back to {trial.From}", time.GetUtcNow());
            store.NoteStopping(time.GetUtcNow());
            store.Sweep();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Log.NotWritten(logger, trial.Version, fault.Message);
        }
        return null;
    }

    static partial class Log
    {
        [LoggerMessage(6342, LogLevel.Information, "Starting the installed version {Version} in place of {Own}")]
        public static partial void Starting(ILogger logger, string version, string own);

        [LoggerMessage(6343, LogLevel.Error, "The installed version {Version} {Reason}; {Own} runs instead")]
        public static partial void Unusable(ILogger logger, string version, string reason, string own);

        [LoggerMessage(6344, LogLevel.Information, "Trying version {Version} in place of {From}")]
        public static partial void Trying(ILogger logger, string version, string from);

        [LoggerMessage(6346, LogLevel.Error, "That version {Version} was given up cannot be written down: {Reason}")]
        public static partial void NotWritten(ILogger logger, string version, string reason);

        [LoggerMessage(6345, LogLevel.Error, "Version {Version} {Reason}; back to {From}")]
        public static partial void GivenUp(ILogger logger, string version, string reason, string from);
    }
}
