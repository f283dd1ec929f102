using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ComputeMiner.Releases;
using ComputeMiner.Tests.Releases;
using ComputeMiner.Tests.Updates;

namespace ComputeMiner.Tests.EndToEnd;

/// <summary>The whole program, a release server over a real socket, and releases that are real programs signed by OpenSSL.</summary>
public sealed class UpdateTests : IAsyncLifetime
{
    const string Next = "9.2.0";

    readonly Publisher _publisher = new();
    readonly string _directory = Directory.CreateTempSubdirectory("computeminer-tests-").FullName;
    FileServer _server = null!;
    MinerOnChain _miner = null!;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    string[] Flags => ["--update", "install", "--update.url", new Uri(_server.Root, "manifest.json").ToString(), "--update.key", _publisher.Key, "--census.url", "off"];

    UpdateState State => new UpdateStore(_miner.State).State;

    public async ValueTask InitializeAsync()
    {
        _server = await FileServer.StartAsync();
        _miner = await MinerOnChain.CreateAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _miner.DisposeAsync();
        await _server.DisposeAsync();
        _publisher.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>
    /// A broken release, a kill in the middle of the download, a kill of the watching process in the middle of the trial, the same release
    /// asked for again, a restart, and a damaged installation: after each the right version runs.
    /// </summary>
    [Fact]
    public async Task Run_ReleasesGoodAndBroken_TheRightVersionRunsAfterEach()
    {
        _publisher.Publish(_server, "9.1.0", Publisher.ArchiveOf("9.1.0", Publisher.Good));
        await _miner.StartAsync(Flags);
        await _miner.Process.WaitForLineAsync("Version 9.1.0 ended with exit code 1 before it was ready; back to " + ProductVersion.Text);
        await UntilAsync(status => Text(status, "version") == ProductVersion.Text && status.GetProperty("ready").GetBoolean());
        Assert.Equal($"release 9.1.0 ended with exit code 1 before it was ready; rolled back to {ProductVersion.Text}", Text(await StatusAsync(), "updates", "lastResult"));

        // Killed in the middle of the download.
        await PublishNextAsync();
        var gate = new TaskCompletionSource();
        _server.Gate = Task.CompletedTask;
        Assert.Equal(0, (await CommandAsync("update", "install")).ExitCode);
        await UntilAsync(status => Text(status, "updates", "newest") == Next);
        _server.Gate = gate.Task;
        await _miner.KillAsync();
        await _miner.StartAsync(Flags);
        gate.SetResult();

        // Tried, and the process that watches is killed: the release dies with it, and is not tried again.
        await _miner.Process.WaitForLineAsync("Version 9.2.0 is on trial after " + ProductVersion.Text);
        var child = Children(_miner.Process.Id).Single();
        Kill(_miner.Process.Id);
        await _miner.Process.WaitForExitAsync();
        await Condition.UntilAsync(() => !Directory.Exists($"/proc/{child}"));
        await _miner.StartAsync(Flags);
        await UntilAsync(status => Text(status, "version") == ProductVersion.Text && status.GetProperty("ready").GetBoolean());
        Assert.Equal("was being tried when this machine or the program that watched it ended", State.Failed.Single(failed => failed.Version == Next).Reason);
        Assert.False((await StatusAsync()).GetProperty("components").EnumerateArray().Single(part => Text(part, "name") == "Updates").GetProperty("ok").GetBoolean());

        // The operator wants it once more, and this time nothing comes in between.
        Assert.Equal(0, (await CommandAsync("update", "install")).ExitCode);
        var good = await _miner.Process.WaitForLineAsync("Version 9.2.0 is installed.");
        TestContext.Current.TestOutputHelper?.WriteLine(good);
        var installed = await UntilAsync(status => Text(status, "version") == Next && status.GetProperty("ready").GetBoolean());
        Assert.Equal(($"release {Next} is installed", "up to date"), (Text(installed, "updates", "lastResult"), Text(installed, "updates", "state")));
        Assert.InRange(installed.GetProperty("updates").GetProperty("awaySeconds").GetDouble(), 0.01, Launcher.ListenPatience.TotalSeconds);
        var (_, output, _) = await CommandAsync("update", "status", "--admin.address", _miner.Admin.ToString());
        Assert.Contains($"release {Next} is installed (axon away for ", output, StringComparison.Ordinal);

        // Ctrl+C reaches both of a terminal's processes, and the one passes it on to the other: still a stop and no kill.
        using (var interrupt = Process.Start("kill", ["-INT", .. Children(_miner.Process.Id).Select(id => id.ToString(CultureInfo.InvariantCulture))]))
            await interrupt.WaitForExitAsync(Cancellation);
        _miner.Process.Interrupt();
        Assert.Equal(0, await _miner.Process.WaitForExitAsync());
        Assert.Contains("Stopped", _miner.Process.Errors, StringComparison.Ordinal);
        await _miner.StartAsync(Flags);
        Assert.Equal(Next, Text(await StatusAsync(), "version"));
        await _miner.KillAsync();

        await File.AppendAllTextAsync(Path.Combine(new UpdateStore(_miner.State).PathOf(Next), "libsodium.so"), "x", Cancellation);
        await _miner.StartAsync([.. Flags, "--update", "notify"]);
        await UntilAsync(status => Text(status, "version") == ProductVersion.Text);
        Assert.Contains($"The installed version {Next} is damaged or gone; {ProductVersion.Text} runs instead", _miner.Process.Errors, StringComparison.Ordinal);
    }

    /// <summary>The script of this repository, and the program's own reading of what it made.</summary>
    [Fact]
    public async Task Check_ReleaseMadeByTheScript_IsSignedAndWhole()
    {
        var notes = Path.Combine(_directory, "notes");
        await File.WriteAllTextAsync(notes, "First \"line\"\r\nsecond\t\\ line \u001b\n", Cancellation);
        Assert.Equal((0, ""), await ScriptAsync("90", OtherVersion.Built, ProductVersion.Text, _server.Root.ToString(), _publisher.KeyFile, _directory, notes));
        var archive = Path.Combine(_directory, $"miner-{ProductVersion.Text}-linux-x64.tar.gz");
        var url = _server.Put("manifest.json", await File.ReadAllBytesAsync(Path.Combine(_directory, "manifest.json"), Cancellation));

        var (exitCode, output, errors) = await CommandAsync("update", "check", "--update.url", url.ToString(), "--update.key", _publisher.Key, "--json");

        Assert.Equal((0, ""), (exitCode, errors));
        var status = JsonDocument.Parse(output).RootElement;
        Assert.Equal((ProductVersion.Text, true, "First \"line\"\nsecond \\ line ", "up to date"), (
            Text(status, "newest"), status.GetProperty("newestIsSigned").GetBoolean(), Text(status, "notes"), Text(status, "state")));
        Assert.InRange(status.GetProperty("expires").GetDateTimeOffset() - DateTimeOffset.UtcNow, TimeSpan.FromDays(89), TimeSpan.FromDays(90));

        // Signed again for longer, and not with another's key.
        var manifest = Path.Combine(_directory, "manifest.json");
        using var other = new Publisher();
        Assert.Equal((1, $"{manifest} was not signed with {other.KeyFile}\n"), await ScriptAsync("200", "--renew", manifest, other.KeyFile));
        Assert.Equal((0, ""), await ScriptAsync("200", "--renew", manifest, _publisher.KeyFile));
        var renewed = ReleaseManifest.Read(await File.ReadAllBytesAsync(manifest, Cancellation), url, _publisher.Public, DateTimeOffset.UtcNow.AddDays(199));
        Assert.Equal(
            (ProductVersion.Text, status.GetProperty("published").GetDateTimeOffset(), "First \"line\"\nsecond \\ line "), (renewed.Version, renewed.Published, renewed.Notes));
        await ReleaseArchive.UnpackAsync(archive, Path.Combine(_directory, "out"), Cancellation);
        await new CandidateTest(["run", "--netuid", "27"], TimeProvider.System).RunAsync(Path.Combine(_directory, "out", "miner"), ProductVersion.Text, Cancellation);
    }

    [Theory]
    [InlineData(1, "error: There is no release source. Name the manifest's address with --update.url.\n", "update", "check")]
    [InlineData(1, "error: http://127.0.0.1:9/*** says nothing of use: Connection refused.\n", "update", "check", "--update.url", "http://127.0.0.1:9/manifest.json")]
    [InlineData(2, "error: --update.kye (flag --update.kye): is not known; did you mean --update.key?\n'miner update check --help' shows what is accepted.\n", "update", "check", "--update.kye=x")]
    public async Task Commands_NothingToBeHad_SayWhy(int code, string said, params string[] words)
    {
        var (exitCode, output, errors) = await CommandAsync(words);

        Assert.Equal((code, "", said), (exitCode, output, errors));
    }

    [Fact]
    public async Task Commands_NoMinerRuns_SaySo()
    {
        var (exitCode, _, errors) = await CommandAsync("update", "install", "--state.dir", _directory);
        Assert.Equal((1, $"error: No miner runs on {_directory}. Start it with `miner run`, or name its directory with --state.dir.\n"), (exitCode, errors));

        (exitCode, var output, _) = await CommandAsync("update", "status", "--state.dir", _directory, "--admin.address", "127.0.0.1:9");
        Assert.Equal((0, $"version       {ProductVersion.Text}\nupdates       notify: no miner answers at --admin.address\n"), (exitCode, output));

        (exitCode, output, errors) = await CommandAsync("self-test");
        Assert.Equal((0, "ok: signatures, SSH host keys, ledger, lists, page\n", ""), (exitCode, output, errors));
    }

    static async Task<(int ExitCode, string Errors)> ScriptAsync(string days, params string[] words)
    {
        using var script = Process.Start(new ProcessStartInfo(Path.Combine(Checkout.Root, "eng", "release.sh"), words)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DAYS"] = days },
        })!;
        var output = script.StandardOutput.ReadToEndAsync(Cancellation);
        var errors = await script.StandardError.ReadToEndAsync(Cancellation);
        await output;
        await script.WaitForExitAsync(Cancellation);
        return (script.ExitCode, errors);
    }

    /// <summary>The program just built, with another version written over its own.</summary>
    async Task PublishNextAsync()
    {
        var copy = Path.Combine(_directory, "next");
        await OtherVersion.MakeAsync(Next, copy);
        var archive = Path.Combine(_directory, "next.tar.gz");
        using var tar = Process.Start("tar", ["-C", copy, "-czf", archive, "."]);
        await tar.WaitForExitAsync(Cancellation);
        _publisher.Publish(_server, Next, await File.ReadAllBytesAsync(archive, Cancellation));
    }

    Task<(int ExitCode, string Output, string Errors)> CommandAsync(params string[] words) => MinerProcess.RunAsync(
        words is ["update", "install"] ? [.. words, "--state.dir", _miner.State] : words);

    async Task<JsonElement> StatusAsync()
    {
        using var http = new HttpClient();
        return JsonDocument.Parse(await http.GetStringAsync(new Uri($"http://{_miner.Admin}/status"), Cancellation)).RootElement;
    }

    async Task<JsonElement> UntilAsync(Func<JsonElement, bool> holds)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            try
            {
                if (await StatusAsync() is var status && holds(status))
                    return status;
            }
            catch (HttpRequestException)
            {
                // Between two versions nobody answers.
            }
            await pause.WaitForNextTickAsync(limit.Token);
        }
    }

    static string? Text(JsonElement element, params string[] path)
    {
        foreach (var name in path)
            element = element.GetProperty(name);
        return element.GetString();
    }

    static IEnumerable<int> Children(int id) => Directory.EnumerateDirectories($"/proc/{id}/task")
        .SelectMany(task => File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Select(text => int.Parse(text, CultureInfo.InvariantCulture));

    static void Kill(int id)
    {
        using var process = Process.GetProcessById(id);
        process.Kill();
    }
}
