using ComputeMiner.Allocations;
using ComputeMiner.Control;
using ComputeMiner.Releases;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace ComputeMiner.Tests.Releases;

/// <summary>A release that was good when it was tried, and what becomes of it later.</summary>
public sealed partial class LauncherTests
{
    const string Bad = "2.2.0";

    /// <summary>It is started again without anybody's help, and one end more than the machine's owner would wait for brings back what ran before.</summary>
    [Fact]
    public async Task RunAsync_InstalledEndsSoonAfterEveryStart_GoesBackToTheInstalledBefore()
    {
        Put(Bad, $"echo x >> {_state}/starts; exit 134");
        Put(Next, UntilStopped(5, $"touch {_state}/before"));
        PutWatched(Bad, Next);

        var run = RunAsync();
        await AdvanceUntilAsync(() => File.Exists(Path.Combine(_state, "before")));
        await _stop.CancelAsync();

        Assert.Equal((5, 0, 3, 2), (await run, _selfRun, Starts(), _logs.Count(6348)));
        Assert.Equal((Next, null), (Store.State.Installed!.Version, Store.State.Watch));
        Assert.Equal((Bad, "ended 3 times in a row within 10 minutes of its start, the last time with exit code 134"), (Store.State.Failed.Single().Version, Store.State.Failed.Single().Reason));
        Assert.EndsWith($"; rolled back to {Next}", Store.State.Result, StringComparison.Ordinal);
        Assert.Equal((false, true, 1), (Directory.Exists(Store.PathOf(Bad)), Directory.Exists(Store.PathOf(Next)), _logs.Count(6352)));
    }

    /// <summary>What counts where nobody can write it down would be counted for ever: who started this process is told instead.</summary>
    [Fact]
    public async Task RunAsync_EndsSoonAndThatCannotBeWritten_EndsWithIt()
    {
        Put(Bad, "exit 134");
        PutWatched(Bad, null);
        Directory.CreateDirectory(Path.Combine(Store.Root, UpdateStore.FileName + ".new"));
        await File.WriteAllTextAsync(Path.Combine(Store.Root, UpdateStore.FileName + ".new", "in the way"), "", _stop.Token);

        Assert.Equal((134, 0), (await RunToItsEndAsync(), Store.State.Watch!.QuickEnds));
    }

    /// <summary>A ledger in a form that this program does not read is as it was; one that it reads keeps what was handed out since.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunAsync_NoneWasInstalledBefore_GoesBackToThisProgramWithALedgerItReads(bool isNewerForm)
    {
        AllocationLedger.Open(_state).Dispose();
        new LedgerCopy(_state, Store.Root).Take();
        Directory.Move(LedgerCopyPath, Path.Combine(Store.Root, LedgerCopy.BeforeName));
        Write("CREATE TABLE since (x)" + (isNewerForm ? "; PRAGMA user_version = 99" : ""));
        Put(Bad, "exit 1");
        PutWatched(Bad, null, quickEnds: 2);

        await RunSelfAsync();

        Assert.Equal((null, null, true), (Store.State.Installed, Store.State.Watch, Store.State.HasFailed(Bad)));
        Assert.EndsWith($"with exit code 1; rolled back to {ProductVersion.Text}", Store.State.Result, StringComparison.Ordinal);
        Assert.Equal((isNewerForm ? 1 : 0, false), (_logs.Count(6353), Directory.Exists(Path.Combine(Store.Root, LedgerCopy.BeforeName))));
        AllocationLedger.Open(_state).Dispose();
        if (isNewerForm)
            Assert.Throws<SqliteException>(() => Write("DROP TABLE since"));
        else
            Write("DROP TABLE since");
    }

    [Theory]
    [InlineData("exit 0", 0, 2)]
    [InlineData("exit 2", 2, 2)]
    // Docker is away, a port is taken: the version before could not start either.
    [InlineData("exit 75", 1, 2)]
    // Somebody ended it, and not this process.
    [InlineData("kill -HUP $$", 129, 2)]
    [InlineData("kill -INT $$", 130, 2)]
    [InlineData("kill -TERM $$", 143, 2)]
    [InlineData("while [ ! -e STATE/go ]; do sleep 0.02; done; exit 3", 3, 0)]
    public async Task RunAsync_InstalledEndsOtherwise_IsNoQuickEnd(string script, int code, int ends)
    {
        Put(Bad, $"touch {_state}/started; {script.Replace("STATE", _state, StringComparison.Ordinal)}");
        PutWatched(Bad, null, quickEnds: 2);

        var run = RunAsync();
        await AdvanceUntilAsync(() => File.Exists(Path.Combine(_state, "started")));
        _time.Advance(ReleaseWatch.Quick);
        await File.WriteAllTextAsync(Path.Combine(_state, "go"), "", _stop.Token);
        await AdvanceUntilAsync(() => run.IsCompleted);

        Assert.Equal((code, ends, Bad), (await run, Store.State.Watch!.QuickEnds, Store.State.Installed!.Version));
    }

    /// <summary>A release that refuses where the version before would not, in its own words or with none: nothing says that it is the machine.</summary>
    [Theory]
    [InlineData("exit 1")]
    [InlineData("exit 134")]
    // It makes room, and nothing waits for it.
    [InlineData("exit 79")]
    [InlineData("kill -SEGV $$")]
    [InlineData("kill -KILL $$")]
    public async Task RunAsync_InstalledFailsByItself_IsGivenUp(string script)
    {
        Put(Bad, script);
        PutWatched(Bad, null, quickEnds: 2);

        await RunSelfAsync();

        Assert.True(Store.State.HasFailed(Bad));
    }

    /// <summary>A start beside a rental is nothing that its trial has shown.</summary>
    [Fact]
    public async Task RunAsync_InstalledHangsAtItsStart_IsEndedAndGivenUp()
    {
        Put(Bad, $"touch {_state}/started; trap '' TERM; while :; do sleep 1; done");
        PutWatched(Bad, null, quickEnds: 2);

        var run = RunAsync();
        await AdvanceUntilAsync(() => File.Exists(Path.Combine(_state, "started")));
        await AdvanceUntilAsync(() => _selfRuns.Task.IsCompleted, isFast: true);
        await _stop.CancelAsync();

        Assert.Equal((0, 1, 1), (await run, _selfRun, _logs.Count(6355)));
        Assert.True(Store.State.HasFailed(Bad));
    }

    /// <summary>Whatever it answers, it is alive; and what is not in its first day is the service manager's.</summary>
    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task RunAsync_InstalledAnswersOrIsNotWatched_RunsOn(bool answers, bool isWatched)
    {
        using var socket = new ControlSocket(_state, (_, _) => Task.FromResult(new ControlReply(false)), TimeProvider.System, _logs.CreateLogger<ControlSocket>());
        if (answers)
        {
            socket.Listen();
            await socket.StartAsync(_stop.Token);
        }
        Put(Bad, UntilStopped(5, $"touch {_state}/started"));
        PutInstalled(Bad);
        if (isWatched)
            PutWatched(Bad, null, quickEnds: 2);

        var run = RunAsync();
        await AdvanceUntilAsync(() => File.Exists(Path.Combine(_state, "started")));
        var passes = 0;
        await AdvanceUntilAsync(() => ++passes > 200, isFast: true);
        await _stop.CancelAsync();

        Assert.Equal((5, 0, 0), (await run, _selfRun, _logs.Count(6355)));
        await socket.StopAsync(CancellationToken.None);
    }

    /// <summary>It would be started again for ever, thousands of times an hour.</summary>
    [Fact]
    public async Task RunAsync_InstalledMakesRoomForNothing_IsPassedOnAsAFailure()
    {
        Put(Next, $"echo x >> {_state}/starts; exit {Supervision.MakesRoom}");
        PutInstalled(Next);

        Assert.Equal((1, 1), (await RunToItsEndAsync(), Starts()));
    }

    [Fact]
    public async Task RunAsync_StoppedAndEndsBadly_IsNoQuickEnd()
    {
        Put(Bad, UntilStopped(9, $"touch {_state}/started"));
        PutWatched(Bad, null, quickEnds: 2);

        var run = RunAsync();
        await AdvanceUntilAsync(() => File.Exists(Path.Combine(_state, "started")));
        await _stop.CancelAsync();

        Assert.Equal((9, 2), (await run, Store.State.Watch!.QuickEnds));
    }

    [Fact]
    public async Task RunAsync_EndsSoonAfterItWasGood_CountsAndKeepsTheLedgerOfBefore()
    {
        await File.WriteAllTextAsync(Path.Combine(_state, AllocationLedger.FileName), "before", _stop.Token);
        Put(Next, $"[ -e {_state}/again ] && {{ {UntilStopped(5, $"touch {_state}/second")}; }}; touch {_state}/again; {BecomeGoodLater()}; while [ -e {LedgerCopyPath} ]; do sleep 0.02; done; exit 4");
        PutOnTrial(Next);
        Prepare("good.json", state => state with
        {
            Trial = null,
            Installed = new InstalledRelease(Next, Store.State.Trial!.Digest, _time.GetUtcNow()),
            Watch = new ReleaseWatch(Next, _time.GetUtcNow(), null),
        });

        var run = RunAsync();
        await AdvanceUntilAsync(() => File.Exists(Path.Combine(_state, "second")));
        await _stop.CancelAsync();

        Assert.Equal(5, await run);
        Assert.Equal((Next, 1), (Store.State.Installed!.Version, Store.State.Watch!.QuickEnds));
        Assert.Equal("before", await File.ReadAllTextAsync(Path.Combine(Store.Root, LedgerCopy.BeforeName, AllocationLedger.FileName), TestContext.Current.CancellationToken));
    }

    /// <summary>A second miner on the same directory took the trial of the first for one that was interrupted, and its ledger away.</summary>
    [Fact]
    public async Task RunAsync_AnotherRunsOnTheSameDirectory_IsRefusedAndTheTrialGoesOn()
    {
        var ledger = Path.Combine(_state, AllocationLedger.FileName);
        await File.WriteAllTextAsync(ledger, "old", _stop.Token);
        Put(Next, UntilStopped(7, $"echo newer > {ledger}; touch {_state}/started"));
        PutOnTrial(Next);
        var first = RunAsync();
        await AdvanceUntilAsync(() => File.Exists(Path.Combine(_state, "started")));

        var fault = await Assert.ThrowsAsync<StartupException>(() => RunAsync(mode: UpdateMode.Off).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));

        Assert.StartsWith($"Another miner runs on {_state}. Stop that one", fault.Message, StringComparison.Ordinal);
        Assert.Equal((Next, 1, "newer\n"), (Store.State.Trial!.Version, Store.State.Trial.Attempts, await File.ReadAllTextAsync(ledger, _stop.Token)));
        await _stop.CancelAsync();
        Assert.Equal(7, await first);
    }

    /// <summary>The copy of an earlier trial, left by a process that was killed at its end, is not the ledger of today.</summary>
    [Fact]
    public async Task RunAsync_DamagedBeforeItsTrialAndAnOlderCopyIsThere_LeavesTheLedgerAlone()
    {
        var ledger = Path.Combine(_state, AllocationLedger.FileName);
        await File.WriteAllTextAsync(ledger, "of today", _stop.Token);
        Directory.CreateDirectory(LedgerCopyPath);
        await File.WriteAllTextAsync(Path.Combine(LedgerCopyPath, AllocationLedger.FileName), "of last year", _stop.Token);
        Put(Next, "exit 3");
        PutOnTrial(Next);
        await File.AppendAllTextAsync(Store.ProgramOf(Next), "# more", _stop.Token);

        await RunSelfAsync();

        Assert.Equal("was damaged before it was tried", Store.State.Failed.Single().Reason);
        Assert.Equal("of today", await File.ReadAllTextAsync(ledger, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("updates", 0x1FF, "has mode 777")]
    [InlineData("updates", 0x1F8, "has mode 770")]
    [InlineData(".", 0x1FF, "has mode 777")]
    [InlineData("updates", null, "belongs to user 65534")]
    public async Task RunAsync_OthersCanWriteWhereTheInstalledLies_ThisProgramRuns(string name, int? mode, string said)
    {
        Put(Next, $"touch {_state}/started; exit 5");
        PutInstalled(Next);
        var path = Path.GetFullPath(Path.Combine(_state, name));
        if (mode is { } bits)
            File.SetUnixFileMode(path, (UnixFileMode)bits);
        else
        {
            using var chown = System.Diagnostics.Process.Start("chown", ["65534", path]);
            await chown.WaitForExitAsync(_stop.Token);
            Assert.Equal(0, chown.ExitCode);
        }

        await RunSelfAsync();

        Assert.Equal(
            $"installed release {Next} lies where others can write ({path} {said}): delete {Store.Root} if you do not know who did; {ProductVersion.Text} runs",
            Store.State.Result);
        Assert.False(File.Exists(Path.Combine(_state, "started")));
    }

    int Starts() => File.ReadAllLines(Path.Combine(_state, "starts")).Length;

    void PutWatched(string version, string? before, int quickEnds = 0)
    {
        if (before is not null)
            PutInstalled(before);
        var old = Store.State.Installed;
        PutInstalled(version);
        Store.Change(state => state with { Watch = new ReleaseWatch(version, _time.GetUtcNow(), old, quickEnds) });
    }

    void Write(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_state, AllocationLedger.FileName)};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The test's own.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
