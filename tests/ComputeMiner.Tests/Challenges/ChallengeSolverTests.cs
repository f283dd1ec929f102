using Bittensor.Compute;
using ComputeMiner.Challenges;
using Microsoft.Extensions.Logging;

namespace ComputeMiner.Tests.Challenges;

/// <summary>Everything a hashcat can do except its work, done by real processes.</summary>
public sealed class ChallengeSolverTests
{
    static readonly TimeSpan Long = TimeSpan.FromSeconds(100);

    const string Hang = "sleep 1000 & echo $! >\"$DIR\"/child; echo $$ >\"$DIR\"/pid; wait";

    [Theory]
    [InlineData("exit 1", "Hashcat execution failed with code 1: exhausted: no password of the mask has this hash", 5004)]
    [InlineData("exit 255", "Hashcat execution failed with code 255: error: no usable device or a wrong setting", 5004)]
    [InlineData("kill -SEGV $$", "Hashcat execution failed with code 139: ended by signal 11", 5004)]
    [InlineData("echo broken >&2; exit 250", "Hashcat execution failed with code 250: backend error", 5004)]
    [InlineData("exit 0", "run_hashcat execution failed: no password", 5006)]
    [InlineData("echo 1234567 >found; exit 0", "run_hashcat execution failed: no password", 5006)]
    [InlineData("head -c 3000000 /dev/urandom; head -c 3000000 /dev/urandom >&2; head -c 3000000 /dev/urandom >found; exit 0", "run_hashcat execution failed: no password", 5006)]
    [InlineData("head -c 3000000 /dev/zero; yes '{ \"progress\": [1, \"' | head -100000; exit 7", "Hashcat execution failed with code 7: unknown", 5004)]
    public async Task Solve_ProgramFails_AnswersWhyAndWarns(string body, string cause, int logged)
    {
        using var fake = await FakeHashcat.CreateAsync(body);
        var solver = await fake.SolverAsync();

        var output = await SolveAsync(solver, fake);

        AssertUnsolved(output, cause);
        Assert.Contains(fake.Logs.Lines, line => line.Id == logged && line.Level == LogLevel.Warning);
        Assert.Empty(fake.Leftovers);
        Assert.Equal((null, 0L, 1L), (solver.Current.RunId, solver.Current.Solved, solver.Current.Unsolved));
    }

    [Fact]
    public async Task Solve_ProgramGoneSinceTheStart_AnswersWhy()
    {
        using var fake = await FakeHashcat.CreateAsync("");
        var solver = await fake.SolverAsync();
        File.Delete(fake.Path);

        AssertUnsolved(await SolveAsync(solver, fake), "Hashcat execution failed with code 127: the program could not be started");
    }

    [Fact]
    public async Task Solve_StateDirectoryGone_AnswersAndWarns()
    {
        using var fake = await FakeHashcat.CreateAsync("");
        var solver = await fake.SolverAsync();
        Directory.Delete(fake.State, recursive: true);
        await fake.WriteAsync("state", "no directory");

        AssertUnsolved(await SolveAsync(solver, fake), "run_hashcat execution failed");
        Assert.Equal(1, fake.Logs.Count(5007));
    }

    [Fact]
    public async Task Solve_CallerGoneOrDeadline_KillsTheWholeTree()
    {
        using var fake = await FakeHashcat.CreateAsync(Hang);
        var solver = await fake.SolverAsync();
        using var deadline = new CancellationTokenSource();

        var solving = solver.SolveAsync(FakeHashcat.Task(), "run", 0, Long, deadline.Token);
        var (child, parent) = (await fake.ReadAsync("child"), await fake.ReadAsync("pid"));
        Assert.Equal("run", solver.Current.RunId);
        Assert.True(FakeHashcat.IsAlive(parent) && FakeHashcat.IsAlive(child));
        await deadline.CancelAsync();

        AssertUnsolved(await solving, "Hashcat execution timed out");
        await fake.UntilAsync(() => !FakeHashcat.IsAlive(parent) && !FakeHashcat.IsAlive(child));
        Assert.Empty(fake.Leftovers);
    }

    [Fact]
    public async Task Solve_MinerStops_KillsIt()
    {
        using var fake = await FakeHashcat.CreateAsync(Hang);
        var solver = await fake.SolverAsync();

        var solving = SolveAsync(solver, fake);
        var pid = await fake.ReadAsync("pid");
        await fake.Stop.CancelAsync();

        AssertUnsolved(await solving, "run_hashcat execution failed: the miner is stopping");
        await fake.UntilAsync(() => !FakeHashcat.IsAlive(pid));
    }

    [Fact]
    public async Task Solve_WhileSomebodyHasTheMachine_StartsNothing()
    {
        using var fake = await FakeHashcat.CreateAsync("touch \"$DIR\"/ran");
        var solver = await fake.SolverAsync();
        fake.IsFree = false;

        AssertUnsolved(await SolveAsync(solver, fake), "run_hashcat execution failed: the machine is not free");
        Assert.False(fake.Has("ran"));
    }

    [Fact]
    public async Task Yield_WhenSomebodyGetsTheMachine_EndsWhatRunsAndWhatWaits()
    {
        using var fake = await FakeHashcat.CreateAsync(Hang);
        var solver = await fake.SolverAsync();

        var running = SolveAsync(solver, fake);
        var pid = await fake.ReadAsync("pid");
        var waiting = SolveAsync(solver, fake);
        Assert.Equal(1, solver.Current.Waiting);
        fake.IsFree = false;
        solver.Yield();

        AssertUnsolved(await running, "run_hashcat execution failed: the machine is not free");
        AssertUnsolved(await waiting, "run_hashcat execution failed: the machine is not free");
        await fake.UntilAsync(() => !FakeHashcat.IsAlive(pid));
    }

    [Fact]
    public async Task Solve_SeveralAtOnce_OneAtATimeByPriorityThenArrival()
    {
        // The last argument is the mask, which tells them apart.
        using var fake = await FakeHashcat.CreateAsync(
            "exec 9>\"$DIR\"/busy; flock -n 9 || echo two at once >>\"$DIR\"/order\n"
            + "echo \"${@: -1}\" >>\"$DIR\"/order; until [ -e \"$DIR\"/go ]; do sleep 0.02; done; exit 1");
        var solver = await fake.SolverAsync(mostWaiting: 3);
        var first = SolveAsync(solver, fake, length: 1);
        await fake.ReadAsync("order");

        var calls = new List<Task<ChallengeOutput>> { first };
        foreach (var (length, priority) in new[] { (2, 1.0), (3, 50_000.0), (4, 1.0) })
            calls.Add(SolveAsync(solver, fake, length, priority));
        Assert.Equal(3, solver.Current.Waiting);
        AssertUnsolved(await SolveAsync(solver, fake, 5), "run_hashcat execution failed: too many challenges wait");
        await fake.WriteAsync("go", "");
        await Task.WhenAll(calls);

        Assert.Equal("?1\n?1?1?1\n?1?1\n?1?1?1?1", await fake.ReadAsync("order"));
    }

    [Fact]
    public async Task Solve_WaitingCallersTimeIsOver_AnswersTimedOutAndTheNextGoesOn()
    {
        using var fake = await FakeHashcat.CreateAsync("echo $$ >\"$DIR\"/pid; until [ -e \"$DIR\"/go ]; do sleep 0.02; done; exit 1");
        var solver = await fake.SolverAsync();
        var running = SolveAsync(solver, fake);
        await fake.ReadAsync("pid");
        using var deadline = new CancellationTokenSource();
        var waiting = solver.SolveAsync(FakeHashcat.Task(), "run", 0, Long, deadline.Token);

        await deadline.CancelAsync();

        AssertUnsolved(await waiting, "Hashcat execution timed out");
        await fake.WriteAsync("go", "");
        Assert.Contains("code 1:", (await running).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Solve_WhatTheProgramSees_NoSecretsNoShellAndFilesForTheOwnerOnly()
    {
        Environment.SetEnvironmentVariable("CHALLENGE_TEST_SECRET", "topsecret");
        using var fake = await FakeHashcat.CreateAsync(
            "env >\"$DIR\"/environment; printf '%s\\n' \"$@\" >\"$DIR\"/arguments; stat -c '%a %n' . hash found >\"$DIR\"/files; cat hash >\"$DIR\"/hash; exit 1");
        var solver = await fake.SolverAsync();
        var task = FakeHashcat.Task();

        await solver.SolveAsync(task, "run", 0, Long, fake.Patience);
        Environment.SetEnvironmentVariable("CHALLENGE_TEST_SECRET", null);

        Assert.DoesNotContain("topsecret", await fake.ReadAsync("environment"), StringComparison.Ordinal);
        Assert.Equal("700 .\n600 hash\n600 found", await fake.ReadAsync("files"));
        Assert.Equal(task.HashLine, await fake.ReadAsync("hash"));
        var arguments = (await fake.ReadAsync("arguments")).Split('\n');
        Assert.Equal(["hash", "?1?1?1?1?1?1?1"], arguments[^2..]);
        Assert.Contains("--potfile-disable", arguments);
        Assert.Contains("--restore-disable", arguments);
        Assert.DoesNotContain(arguments, argument => argument.Contains(task.Salt, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Solve_StatusLines_AreTheProgress()
    {
        using var fake = await FakeHashcat.CreateAsync(
            "echo 'prompt => { \"progress\": [3, 4], \"devices\": [ { \"speed\": 1500 }, { \"speed\": 500 } ] }'; echo $$ >\"$DIR\"/pid; sleep 1000");
        var solver = await fake.SolverAsync();
        using var deadline = new CancellationTokenSource();

        var solving = solver.SolveAsync(FakeHashcat.Task(), "run", 0, Long, deadline.Token);
        await fake.UntilAsync(() => solver.Current.Share > 0);

        Assert.Equal("run: 75 % at 2 kH/s, 0 waiting, 0 solved, 0 not", solver.Current.ToString());
        await deadline.CancelAsync();
        await solving;
    }

    [Fact]
    public async Task Open_LeftoversOfAKilledMiner_GoAndKernelsStay()
    {
        using var fake = await FakeHashcat.CreateAsync("");
        var directory = HashcatDirectory.Open(fake.State);
        await File.WriteAllTextAsync(Path.Combine(directory.CreateRun(), "hash"), "old", fake.Patience);
        await File.WriteAllTextAsync(Path.Combine(directory.Cache, "kernel"), "compiled", fake.Patience);

        directory = HashcatDirectory.Open(fake.State);

        Assert.Empty(fake.Leftovers);
        Assert.True(File.Exists(Path.Combine(directory.Cache, "kernel")));
    }

    static Task<ChallengeOutput> SolveAsync(ChallengeSolver solver, FakeHashcat fake, int length = 7, double priority = 0) =>
        solver.SolveAsync(FakeHashcat.Task(length), "run", priority, Long, fake.Patience);

    static void AssertUnsolved(ChallengeOutput output, string cause)
    {
        Assert.Equal((null, $"run: ❌ {cause}"), (output.Password, output.Error));
        Assert.True(output.LocalExecutionTime >= 0);
    }
}
