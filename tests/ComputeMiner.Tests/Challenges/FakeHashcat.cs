using ComputeMiner.Challenges;
using ComputeMiner.Tests.Containers;
using ComputeMiner.Validator;
using Microsoft.Extensions.Logging;

namespace ComputeMiner.Tests.Challenges;

/// <summary>A real process in hashcat's place that does what a test wants it to do, and the solver that uses it.</summary>
sealed class FakeHashcat : IDisposable
{
    readonly CancellationTokenSource _patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    FakeHashcat(string directory) => Directory = directory;

    public string Directory { get; }

    public string Path => System.IO.Path.Combine(Directory, "hashcat");

    public string State => System.IO.Path.Combine(Directory, "state");

    public RecordedLogs Logs { get; } = new();

    /// <summary>Ends what waits too long.</summary>
    public CancellationToken Patience => _patience.Token;

    public CancellationTokenSource Stop { get; } = new();

    public bool IsFree { get; set; } = true;

    /// <param name="body">Bash; $DIR is the test's directory. Asked for a version it answers before that.</param>
    /// <param name="version">What it answers.</param>
    public static async Task<FakeHashcat> CreateAsync(string body, string version = "v6.2.6")
    {
        var fake = new FakeHashcat(System.IO.Directory.CreateTempSubdirectory("computeminer-tests-").FullName);
        fake._patience.CancelAfter(TimeSpan.FromSeconds(120));
        await fake.WriteAsync("source", $"#!/bin/bash\nDIR={fake.Directory}\n[ \"$1\" = --version ] && {{ echo '{version}'; exit; }}\n{body}\n");
        // Another program makes the executable: a fork of a parallel test cannot hold it open for writing, which would forbid to run it.
        await HostCommand.RunAsync("install", ["-m", "755", System.IO.Path.Combine(fake.Directory, "source"), fake.Path]);
        return fake;
    }

    public Task<HashcatProgram> FindAsync() => HashcatProgram.FindAsync(Path, TimeProvider.System, Patience);

    public async Task<ChallengeSolver> SolverAsync(int mostWaiting = 4, TimeProvider? time = null, string[]? gpus = null)
    {
        var settings = new ChallengeSettings { HashcatPath = Path };
        var hashcat = new Hashcat(settings, HashcatDirectory.Open(State), gpus ?? [], time ?? TimeProvider.System);
        return new ChallengeSolver(
            hashcat, await FindAsync(), () => IsFree, mostWaiting, time ?? TimeProvider.System, Logs.CreateLogger<ChallengeSolver>(), Stop.Token);
    }

    public static ChallengeTask Task(int length = 7, int mode = 610)
    {
        var work = ProofOfWork.Make(length, mode);
        Assert.True(ChallengeTask.TryRead(work.Challenge, out var task, out var fault), fault);
        return task;
    }

    public Task WriteAsync(string name, string text) => File.WriteAllTextAsync(System.IO.Path.Combine(Directory, name), text, Patience);

    public bool Has(string name) => File.Exists(System.IO.Path.Combine(Directory, name));

    /// <summary>A file's text, once the script wrote a whole line.</summary>
    public async Task<string> ReadAsync(string name)
    {
        var path = System.IO.Path.Combine(Directory, name);
        await UntilAsync(() => File.Exists(path) && File.ReadAllText(path).EndsWith('\n'));
        return (await File.ReadAllTextAsync(path, Patience)).TrimEnd();
    }

    public async Task UntilAsync(Func<bool> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!condition())
            await timer.WaitForNextTickAsync(Patience);
    }

    /// <summary>Whether the process is there; one that only waits to be collected is not.</summary>
    public static bool IsAlive(string pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..][0] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    public IEnumerable<string> Leftovers => System.IO.Directory.EnumerateFileSystemEntries(System.IO.Path.Combine(State, "hashcat", "runs"));

    public void Dispose()
    {
        Stop.Dispose();
        _patience.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}
