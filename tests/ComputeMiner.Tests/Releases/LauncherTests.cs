using System.Globalization;
using ComputeMiner.Allocations;
using ComputeMiner.Releases;
using ComputeMiner.Tests.Allocations;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace ComputeMiner.Tests.Releases;

/// <summary>Which version runs, with real child processes; the clock is the test's.</summary>
public sealed partial class LauncherTests : IDisposable
{
    const string Next = "2.1.0";

    readonly string _state = Directory.CreateTempSubdirectory("computeminer-tests-").FullName;
    readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero));
    readonly RecordedLogs _logs = new();
    readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    readonly TaskCompletionSource _selfRuns = new(TaskCreationOptions.RunContinuationsAsynchronously);
    int _selfRun;

    UpdateStore Store => new(_state);

    public void Dispose()
    {
        _stop.Dispose();
        Directory.Delete(_state, recursive: true);
    }

    /// <summary>It shows that it is good, runs on with this process watching, and is stopped as the operator stops this one.</summary>
    [Fact]
    public async Task RunAsync_GoodRelease_RunsUntilTheStop()
    {
        Put(Next, $"echo $COMPUTEMINER_LAUNCHER \"$@\" > {_state}/seen; {UntilStopped(7, BecomeGood(Next))}");
        PutOnTrial(Next);
        await File.WriteAllTextAsync(Path.Combine(_state, AllocationLedger.FileName), "old", _stop.Token);

        var run = RunAsync(["run", "--netuid", "27"]);
        await AdvanceUntilAsync(() => Store.State.Installed is not null && !Directory.Exists(LedgerCopyPath));
        await _stop.CancelAsync();

        Assert.Equal((7, 0), (await run, _selfRun));
        Assert.Equal($"{Environment.ProcessId} run --netuid 27\n", await File.ReadAllTextAsync(Path.Combine(_state, "seen"), TestContext.Current.CancellationToken));
        Assert.Equal((Next, null), (Store.State.Installed!.Version, Store.State.Trial));
        Assert.Empty(Store.State.Failed);
    }

    [Theory]
    [InlineData("exit 3", "ended with exit code 3 before it was ready")]
    [InlineData("kill -SEGV $$", "ended with exit code 139 before it was ready")]
    [InlineData("exit 75", "could not start on this machine as it was then (the line before says why)")]
    [InlineData("exec sleep 1000", "did not listen within 60 s")]
    [InlineData("trap '' TERM; mv STATE/../listening.json STATE/state.json; while :; do sleep 1; done", "was not ready within 15 minutes")]
    public async Task RunAsync_BrokenRelease_IsGivenUpForGoodAndThisProgramRuns(string script, string reason)
    {
        var ledger = Path.Combine(_state, AllocationLedger.FileName);
        await File.WriteAllTextAsync(ledger, "as the older version reads it", _stop.Token);
        Put(Next, $"echo newer > {ledger}; echo $$ > {_state}/id; {script.Replace("STATE", Store.Root, StringComparison.Ordinal)}");
        PutOnTrial(Next);
        PutListening();

        var run = RunAsync();
        await AdvanceUntilAsync(() => _selfRuns.Task.IsCompleted || (File.Exists(Path.Combine(_state, "id")) && (Store.State.Trial is { ListeningAt: not null } || script.StartsWith("exec", StringComparison.Ordinal))));
        await AdvanceUntilAsync(() => _selfRuns.Task.IsCompleted, isFast: true);
        await _stop.CancelAsync();

        Assert.Equal((0, 1), (await run, _selfRun));
        Assert.Equal((null, null), (Store.State.Trial, Store.State.Installed));
        Assert.Equal((Next, reason), (Store.State.Failed.Single().Version, Store.State.Failed.Single().Reason));
        Assert.Equal($"release {Next} {reason}; rolled back to {ProductVersion.Text}", Store.State.Result);
        Assert.Equal("as the older version reads it", await File.ReadAllTextAsync(ledger, TestContext.Current.CancellationToken));
        var id = (await File.ReadAllTextAsync(Path.Combine(_state, "id"), TestContext.Current.CancellationToken)).Trim();
        Assert.False(Directory.Exists($"/proc/{id}"));
        Assert.False(Directory.Exists(Store.PathOf(Next)));
        Assert.Equal(1, _logs.Count(6345));
    }

    /// <summary>The machine or this process ended while it was being tried: whatever it did, it is not tried again.</summary>
    [Fact]
    public async Task RunAsync_KilledDuringTheTrial_GoesBackAtTheNextStart()
    {
        Put(Next, $"touch {_state}/started; exit 3");
        PutOnTrial(Next, attempts: 1);
        var ledger = Path.Combine(_state, AllocationLedger.FileName);
        Directory.CreateDirectory(LedgerCopyPath);
        await File.WriteAllTextAsync(Path.Combine(LedgerCopyPath, AllocationLedger.FileName), "copy", _stop.Token);
        await File.WriteAllTextAsync(ledger, "newer", _stop.Token);

        await RunSelfAsync();

        Assert.Equal("was being tried when this machine or the program that watched it ended", Store.State.Failed.Single().Reason);
        Assert.Equal("copy", await File.ReadAllTextAsync(ledger, TestContext.Current.CancellationToken));
        Assert.False(File.Exists(Path.Combine(_state, "started")));
    }

    /// <summary>Killed between the hand-over and the start of the new version: nothing speaks against it yet.</summary>
    [Fact]
    public async Task RunAsync_KilledBeforeTheTrial_TriesItAtTheNextStart()
    {
        Put(Next, $"{UntilStopped(0, BecomeGood(Next))}");
        PutOnTrial(Next);

        var run = RunAsync();
        await AdvanceUntilAsync(() => Store.State.Installed is not null);
        await _stop.CancelAsync();

        Assert.Equal((0, 0), (await run, _selfRun));
    }

    [Fact]
    public async Task RunAsync_OnTrialAndNotNewerThanThisProgram_IsNotTried()
    {
        Put(ProductVersion.Text, $"touch {_state}/started; exit 3");
        PutOnTrial(ProductVersion.Text);

        await RunSelfAsync();

        Assert.False(File.Exists(Path.Combine(_state, "started")));
        Assert.Empty(Store.State.Failed);
    }

    /// <summary>Nothing can be written: what runs is right all the same, and nothing is tried for ever.</summary>
    [Fact]
    public async Task RunAsync_StateCannotBeWritten_ThisProgramRuns()
    {
        Put(Next, "exit 3");
        PutOnTrial(Next);
        // A directory where the file's next content is written: fails for root, too.
        Directory.CreateDirectory(Path.Combine(Store.Root, UpdateStore.FileName + ".new"));
        await File.WriteAllTextAsync(Path.Combine(Store.Root, UpdateStore.FileName + ".new", "in the way"), "", _stop.Token);

        await RunSelfAsync();

        Assert.Equal(Next, Store.State.Trial!.Version);
        Assert.Equal(1, _logs.Count(6346));
        Assert.False(new UpdateStore(_state).TryChange(state => state));
    }

    /// <summary>
    /// It was left on trial by a process that could not write down that it gave it up, or ran while updates were off: somebody has the
    /// machine since then, and what he does during a trial would be undone with it.
    /// </summary>
    [Fact]
    public async Task RunAsync_OnTrialAndSomebodyHasTheMachine_IsNotTried()
    {
        using (var ledger = AllocationLedger.Open(_state))
            ledger.Write(new Allocation("1", AllocationKind.Rental, AllocationState.Running, "owner", Renter.Alice.Hotkey, _time.GetUtcNow(), _time.GetUtcNow().AddDays(1), "abc"));
        Put(Next, $"touch {_state}/started; exit 3");
        PutOnTrial(Next);

        await RunSelfAsync();

        Assert.False(File.Exists(Path.Combine(_state, "started")));
        Assert.Equal((null, 0), (Store.State.Trial, Store.State.Failed.Count));
        Assert.Equal($"release {Next} was not tried: somebody has the machine", Store.State.Result);
        using var kept = AllocationLedger.Open(_state);
        Assert.NotNull(kept.Read());
    }

    [Fact]
    public async Task RunAsync_OffWhileOneIsOnTrial_ForgetsIt()
    {
        Put(Next, "exit 3");
        PutOnTrial(Next);

        await RunSelfAsync(UpdateMode.Off);

        Assert.Equal((null, 0), (Store.State.Trial, Store.State.Failed.Count));
    }

    [Fact]
    public async Task RunAsync_StoppedDuringTheTrial_IsTriedAgainAtTheNextStart()
    {
        Put(Next, $"{UntilStopped(0, $"touch {_state}/started")}");
        PutOnTrial(Next);

        var run = RunAsync();
        await AdvanceUntilAsync(() => File.Exists(Path.Combine(_state, "started")));
        await _stop.CancelAsync();

        Assert.Equal((0, 0), (await run, _selfRun));
        Assert.Equal((Next, 0), (Store.State.Trial!.Version, Store.State.Trial.Attempts));
        Assert.Empty(Store.State.Failed);
    }

    [Fact]
    public async Task RunAsync_DamagedBeforeItsTrial_IsGivenUp()
    {
        Put(Next, "exit 3");
        PutOnTrial(Next);
        await File.AppendAllTextAsync(Store.ProgramOf(Next), "# more", _stop.Token);

        await RunSelfAsync();

        Assert.Equal("was damaged before it was tried", Store.State.Failed.Single().Reason);
    }

    [Fact]
    public async Task RunAsync_Installed_RunsInPlaceOfThisProgram()
    {
        Put(Next, UntilStopped(5, $"touch {_state}/started"));
        PutInstalled(Next);

        var run = RunAsync();
        await AdvanceUntilAsync(() => File.Exists(Path.Combine(_state, "started")));
        await _stop.CancelAsync();

        Assert.Equal((5, 0), (await run, _selfRun));
    }

    [Theory]
    [InlineData("deleted", "damaged or gone")]
    [InlineData("changed", "damaged or gone")]
    [InlineData("one more file", "damaged or gone")]
    [InlineData("does not start", "does not start here")]
    [InlineData("older", null)]
    [InlineData("this", null)]
    [InlineData("off", null)]
    public async Task RunAsync_InstalledIsOfNoUse_ThisProgramRuns(string what, string? said)
    {
        var version = what switch { "older" => "0.0.1", "this" => ProductVersion.Text, _ => Next };
        Put(version, what == "does not start" ? "exit 1" : UntilStopped(5));
        if (what == "does not start")
            await File.WriteAllTextAsync(Store.ProgramOf(version), "#!/bin/sh\nexit 1\n", _stop.Token);
        PutInstalled(version);
        switch (what)
        {
            case "deleted":
                Directory.Delete(Store.PathOf(version), recursive: true);
                break;
            case "changed":
                await File.AppendAllTextAsync(Store.ProgramOf(version), "x", _stop.Token);
                break;
            case "one more file":
                await File.WriteAllTextAsync(Path.Combine(Store.PathOf(version), "libsodium.so"), "x", _stop.Token);
                break;
        }

        await RunSelfAsync(what == "off" ? UpdateMode.Off : UpdateMode.Install);

        Assert.Equal(said is null ? null : said, said is null ? Store.State.Result : Store.State.Result!.Contains(said, StringComparison.Ordinal) ? said : Store.State.Result);
        Assert.Equal(said is null, Store.State.Installed is not null);
    }

    /// <summary>An installed version that makes room for a newer one which is no good runs again, not the oldest.</summary>
    [Fact]
    public async Task RunAsync_InstalledMakesRoomForABrokenOne_TheInstalledRunsAgain()
    {
        const string Broken = "2.2.0";
        Put(Broken, "exit 3");
        Put(Next, $"echo x >> {_state}/starts; [ -e {_state}/second ] && {{ {UntilStopped(5)}; }}; touch {_state}/second; mv {_state}/trial.json {Store.Root}/state.json; exit {Supervision.MakesRoom}");
        PutInstalled(Next);
        var installed = await File.ReadAllTextAsync(Path.Combine(Store.Root, UpdateStore.FileName), _stop.Token);
        Store.Change(state => state with { Trial = Trial(Broken, Next) });
        File.Move(Path.Combine(Store.Root, UpdateStore.FileName), Path.Combine(_state, "trial.json"));
        await File.WriteAllTextAsync(Path.Combine(Store.Root, UpdateStore.FileName), installed, _stop.Token);

        var run = RunAsync();
        await AdvanceUntilAsync(() => File.Exists(Path.Combine(_state, "starts")) && File.ReadAllLines(Path.Combine(_state, "starts")).Length == 2);
        await _stop.CancelAsync();

        Assert.Equal((5, 0), (await run, _selfRun));
        Assert.Equal($"release {Broken} ended with exit code 3 before it was ready; rolled back to {Next}", Store.State.Result);
        Assert.Equal(Next, Store.State.Installed!.Version);
    }

    /// <summary>The second time it was the operator who asked for what had failed.</summary>
    [Fact]
    public async Task RunAsync_SelfMadeRoom_TriesTheReleaseEachTime()
    {
        var script = $"[ -e {_state}/second ] || {{ touch {_state}/second; exit 3; }}; {UntilStopped(0, BecomeGoodLater())}";
        var launcher = Launch(UpdateMode.Notify, [], _ =>
        {
            _selfRun++;
            Put(Next, script);
            PutOnTrial(Next);
            PutGood(Next);
            return Task.FromResult(true);
        });
        var run = launcher.RunAsync(_stop.Token);
        await AdvanceUntilAsync(() => Store.State.Installed is not null);
        await _stop.CancelAsync();

        Assert.Equal((0, 2), (await run, _selfRun));
    }

    string LedgerCopyPath => Path.Combine(Store.Root, LedgerCopy.DirectoryName);

    void Put(string version, string script)
    {
        Directory.CreateDirectory(Store.PathOf(version));
        File.WriteAllText(Store.ProgramOf(version), $"#!/bin/sh\n[ \"$1\" = --version ] && echo 'miner {version}' && exit 0\n{script}\n");
        File.SetUnixFileMode(Store.ProgramOf(version), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    TrialRelease Trial(string version, string from, int attempts = 0) => new(version, ReleaseTree.Digest(Store.PathOf(version))!, from, attempts);

    void PutOnTrial(string version, int attempts = 0) => Store.Change(state => state with { Trial = Trial(version, ProductVersion.Text, attempts) });

    void PutInstalled(string version) => Store.Change(state => state with
    {
        Installed = new InstalledRelease(version, ReleaseTree.Digest(Store.PathOf(version))!, _time.GetUtcNow()),
    });

    string BecomeGood(string version)
    {
        PutGood(version);
        return BecomeGoodLater();
    }

    string BecomeGoodLater() => $"mv {_state}/good.json {Store.Root}/{UpdateStore.FileName}";

    /// <summary>What the real program writes when it was able to deliver for a while.</summary>
    void PutGood(string version) => Prepare("good.json", state => state with { Trial = null, Installed = new InstalledRelease(version, "", _time.GetUtcNow()) });

    /// <summary>What the real program writes when its axon listens.</summary>
    void PutListening() =>
        Prepare("listening.json", state => state with { Trial = state.Trial! with { Attempts = 1, ListeningAt = _time.GetUtcNow() } });

    void Prepare(string name, Func<UpdateState, UpdateState> change)
    {
        var elsewhere = new UpdateStore(Path.Combine(_state, "elsewhere"));
        elsewhere.Change(_ => change(Store.State));
        File.Move(Path.Combine(elsewhere.Root, UpdateStore.FileName), Path.Combine(_state, name), overwrite: true);
    }

    static string UntilStopped(int code, string before = ":") =>
        $"trap 'exit {code.ToString(CultureInfo.InvariantCulture)}' TERM; {before}; while :; do sleep 0.02; done";

    Launcher Launch(UpdateMode mode, string[] arguments, Func<CancellationToken, Task<bool>> runSelf) =>
        new(_state, mode, arguments, runSelf, _time, _logs.CreateLogger<Launcher>());

    async Task<int> RunToItsEndAsync()
    {
        var run = RunAsync();
        await AdvanceUntilAsync(() => run.IsCompleted);
        return await run;
    }

    Task<int> RunAsync(string[]? arguments = null, UpdateMode mode = UpdateMode.Install) => Launch(mode, arguments ?? [], async stop =>
    {
        _selfRun++;
        _selfRuns.TrySetResult();
        // A miner runs until it is told to stop.
        await Task.Delay(Timeout.InfiniteTimeSpan, _time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return false;
    }).RunAsync(_stop.Token);

    async Task RunSelfAsync(UpdateMode mode = UpdateMode.Install)
    {
        var run = RunAsync(mode: mode);
        await AdvanceUntilAsync(() => _selfRuns.Task.IsCompleted);
        await _stop.CancelAsync();
        Assert.Equal((0, 1), (await run, _selfRun));
    }

    // As slow as the real one, so that a process of this machine is never late by it; or fast, where it is to be.
    Task AdvanceUntilAsync(Func<bool> isTrue, bool isFast = false) => Condition.UntilAsync(() =>
    {
        _time.Advance(isFast ? TimeSpan.FromSeconds(5) : TimeSpan.FromMilliseconds(1));
        return isTrue();
    });
}
