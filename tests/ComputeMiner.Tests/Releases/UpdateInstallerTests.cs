using System.Formats.Tar;
using ComputeMiner.Allocations;
using ComputeMiner.Releases;
using ComputeMiner.Tests.Allocations;
using ComputeMiner.Tests.Updates;
using ComputeMiner.Updates;
using Microsoft.Extensions.Logging;

namespace ComputeMiner.Tests.Releases;

/// <summary>Releases from a server over a real socket, signed by OpenSSL, whose programs really run; the machine is a simulated one.</summary>
public sealed class UpdateInstallerTests : IAsyncLifetime
{
    const string Version = "2.1.0";

    readonly SimulatedMachine _machine = new();
    readonly HttpClient _http = WebFile.CreateClient();
    readonly Publisher _publisher = new();
    readonly RecordedLogs _logs = new();
    readonly UpdateSettings _settings = new() { Mode = UpdateMode.Install };
    FileServer _server = null!;
    UpdateStore _store = null!;
    UpdateInstaller _installer = null!;
    int _handedOver;
    bool _isWorking;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await FileServer.StartAsync();
        (_settings.Url, _settings.Key) = (new Uri(_server.Root, Publisher.Manifest), _publisher.Public);
        await _machine.ReadyAsync();
        Open();
    }

    public async ValueTask DisposeAsync()
    {
        _installer.Dispose();
        await _server.DisposeAsync();
        await _machine.DisposeAsync();
        _publisher.Dispose();
        _http.Dispose();
    }

    [Fact]
    public async Task RoundAsync_GoodRelease_IsUnpackedTestedAndHandedOverWithTheMachineClosed()
    {
        _publisher.Publish(_server, Version);
        await CheckAsync();

        await _installer.RoundAsync(Cancellation);

        Assert.Equal((1, true), (_handedOver, _installer.IsHandedOver));
        var trial = new UpdateStore(_machine.StateDirectory).State.Trial!;
        Assert.Equal((Version, ProductVersion.Text, 0, ReleaseTree.Digest(_store.PathOf(Version))), (trial.Version, trial.From, trial.Attempts, trial.Digest));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_store.Root));
        Assert.False(_machine.Allocator.IsFree);
        Assert.Equal(AllocationRefusal.Updating, (await AskAsync()).Refusal);
        Assert.Equal([Version, UpdateStore.FileName], Directory.EnumerateFileSystemEntries(_store.Root).Select(Path.GetFileName).Order());
    }

    public static TheoryData<string, string, bool> Broken => new()
    {
        { "another version", $"release {Version} says that it is 'miner 2.0.9'", true },
        { "command line", $"release {Version} does not take this miner's command line: exit code 2, no such flag", true },
        { "self-test", $"release {Version} failed its self-test: exit code 1, error: ledger: no libe_sqlite3", true },
        { "starts nothing", $"release {Version} does not start here: ", true },
        { "no program", $"release {Version} does not start here: ", true },
        { "not executable", $"release {Version} does not start here: ", true },
        { "hangs", $"release {Version} does not start here: no end of it within 60 s", true },
        { "path out", $"release {Version} holds '../../miner', which leads out of its directory", true },
        { "absolute path", $"release {Version} holds '/tmp/computeminer-evil', which leads out of its directory", true },
        { "symbolic link", $"release {Version} holds 'miner', which is a SymbolicLink: only files and directories are allowed", true },
        { "hard link", $"release {Version} holds 'miner', which is a HardLink: only files and directories are allowed", true },
        { "name with a null", $"release {Version} holds 'mi?ner', which leads out of its directory", true },
        { "twice", $"release {Version} holds 'miner' twice", true },
        { "many files", $"release {Version} has more than 2000 files", true },
        { "no archive", $"release {Version} is no archive that can be read", true },
        { "half an archive", $"release {Version} is no archive that can be read", true },
        { "tampered archive", $"release {Version} was not installed: has an archive that is not the one its publisher signed", false },
        { "longer archive", $"release {Version} was not installed: it is longer than", false },
        { "shorter archive", $"release {Version} was not installed: has an archive that is not the one its publisher signed", false },
        { "cut", $"release {Version} was not installed: ", false },
        { "404", $"release {Version} was not installed: HTTP 404", false },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task RoundAsync_BrokenRelease_SaysWhyAndTheMachineIsFreeAgain(string what, string said, bool isFinal)
    {
        Publish(what);
        await CheckAsync();
        Sabotage(what);

        var round = _installer.RoundAsync(Cancellation);
        await Condition.UntilAsync(() =>
        {
            if (what == "hangs")
                _machine.Time.Advance(TimeSpan.FromSeconds(1));
            return round.IsCompleted;
        });
        await round;

        Assert.StartsWith(said, _store.State.Result, StringComparison.Ordinal);
        Assert.Equal((isFinal, 0, true), (_store.State.HasFailed(Version), _handedOver, _machine.Allocator.IsFree));
        Assert.False(File.Exists("/tmp/computeminer-evil"));
        Assert.Equal([UpdateStore.FileName], Directory.EnumerateFileSystemEntries(_store.Root).Select(Path.GetFileName));
        Assert.Equal(1, _logs.Count(6339));

        // The next look leaves it alone; a better version later is taken.
        _server.CutAfter = null;
        await _installer.RoundAsync(Cancellation);
        Assert.Equal(1, _logs.Count(6339));
        _machine.Time.Advance(TimeSpan.FromMinutes(16));
        _publisher.Publish(_server, "2.1.1");
        await CheckAsync();
        await _installer.RoundAsync(Cancellation);
        Assert.Equal(1, _handedOver);
    }

    [Fact]
    public async Task RoundAsync_Rented_WaitsUntilItIsOver()
    {
        _publisher.Publish(_server, Version);
        await CheckAsync();
        Assert.NotNull((await AskAsync()).Access);

        await _installer.RoundAsync(Cancellation);
        Assert.Equal((0, $"{Version} waits until nobody has the machine"), (_handedOver, _installer.State));
        Assert.DoesNotContain(_server.Answers, answer => answer.Path.StartsWith("miner", StringComparison.Ordinal));

        Assert.True(await _machine.Allocator.DeallocateAsync(Renter.Alice.Key, Renter.Alice.Hotkey, Cancellation));
        await Condition.UntilAsync(() => _machine.Allocator.IsFree);
        await _installer.RoundAsync(Cancellation);
        Assert.Equal(1, _handedOver);
    }

    [Fact]
    public async Task RoundAsync_RentedDuringTheDownload_GivesTheLineToTheRenter()
    {
        _publisher.Publish(_server, Version);
        await CheckAsync();
        var gate = new TaskCompletionSource();
        _server.Gate = gate.Task;
        var round = _installer.RoundAsync(Cancellation);
        await Condition.UntilAsync(() => _server.Count($"miner-{Version}.tar.gz", 200) == 1);
        Assert.Equal($"fetching {Version}", _installer.State);

        Assert.NotNull((await AskAsync()).Access);
        await round;

        Assert.Equal((0, AllocationState.Running, null), (_handedOver, _machine.Allocator.Current.State, _store.State.Result));
        // So is the disk: nobody knows for how long half an archive would lie there.
        Assert.Equal([UpdateStore.FileName], Directory.EnumerateFileSystemEntries(_store.Root).Select(Path.GetFileName));
        gate.SetResult();
        Assert.True(await _machine.Allocator.DeallocateAsync(Renter.Alice.Key, Renter.Alice.Hotkey, Cancellation));
        await Condition.UntilAsync(() => _machine.Allocator.IsFree);
        await _installer.RoundAsync(Cancellation);
        Assert.Equal(1, _handedOver);
    }

    /// <summary>An archive of 60 MiB that is not the signed one is not fetched a hundred times a day.</summary>
    [Fact]
    public async Task RoundAsync_FailsAgainAndAgain_WaitsTwiceAsLongEachTime()
    {
        Publish("tampered archive");
        await CheckAsync();
        Sabotage("tampered archive");
        List<int> minutes = [];
        for (var minute = 0; minute < 300; minute++)
        {
            var before = _server.Answers.Count;
            await _installer.RoundAsync(Cancellation);
            if (_server.Answers.Count > before)
                minutes.Add(minute);
            _machine.Time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal([0, 15, 45, 105, 225], minutes);
    }

    [Fact]
    public async Task RoundAsync_WhileItIsTested_NothingIsHandedOut()
    {
        var (begun, go) = (Path.Combine(_machine.StateDirectory, "begun"), Path.Combine(_machine.StateDirectory, "go"));
        var slow = $"touch {begun}; while [ ! -e {go} ]; do sleep 0.02; done\n{Publisher.Good}";
        _publisher.Publish(_server, Version, Publisher.ArchiveOf(Version, slow));
        await CheckAsync();
        var round = _installer.RoundAsync(Cancellation);
        await Condition.UntilAsync(() => File.Exists(begun));

        Assert.Equal((false, AllocationRefusal.Updating), (_machine.Allocator.IsFree, (await AskAsync()).Refusal));
        Assert.Equal($"testing {Version}", _installer.State);

        await File.WriteAllTextAsync(go, "", Cancellation);
        await round;
        Assert.Equal(1, _handedOver);
    }

    [Fact]
    public async Task RoundAsync_ChallengeIsWorkedOn_Waits()
    {
        _publisher.Publish(_server, Version);
        await CheckAsync();
        _isWorking = true;
        await _installer.RoundAsync(Cancellation);
        Assert.Equal((0, true), (_handedOver, _machine.Allocator.IsFree));

        _isWorking = false;
        await _installer.RoundAsync(Cancellation);
        Assert.Equal(1, _handedOver);
    }

    /// <summary>What a SIGKILL in the middle of unpacking or of a download leaves behind.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RoundAsync_LeftoversOfAKilledProcess_AreInNobodysWay(bool isWhole)
    {
        var archive = Publisher.ArchiveOf(Version, Publisher.Good);
        _publisher.Publish(_server, Version, archive);
        await CheckAsync();
        _store.Prepare();
        Directory.CreateDirectory(_store.PathOf(Version + ".new"));
        await File.WriteAllTextAsync(_store.PathOf(Version + ".new") + "/miner", "half", Cancellation);
        await File.WriteAllBytesAsync(_store.PathOf(Version + ".tar.gz"), isWhole ? archive : archive[..50], Cancellation);
        Open();

        await _installer.RoundAsync(Cancellation);

        Assert.Equal(1, _handedOver);
        Assert.Equal(isWhole ? 0 : 1, _server.Count($"miner-{Version}.tar.gz", 200));
        Assert.Equal(["miner"], Directory.EnumerateFileSystemEntries(_store.PathOf(Version)).Select(Path.GetFileName));
    }

    public static TheoryData<string, string> Idle => new()
    {
        { "up to date", "up to date" },
        { "notify", $"{Version} is there; `miner update install` installs it" },
        { "off", "off" },
        { "no key", "nothing is installed without --update.key, the publisher's public key" },
        { "no source", "no release source: name one with --update.url" },
        { "typed password", "the hotkey's password was typed, and a new version could not start by itself: give --wallet.password-file" },
        { "other platform", $"{Version} has no archive for {ReleaseManifest.Platform}, only for plan9-arm" },
        { "signed with another key", $"{Version} was signed with another key than --update.key and is not installed" },
        { "past its end", "the list of releases is 2 days past its end (2026-01-02 00:00:00Z): whoever serves it may hold newer ones back, its publisher signed no newer one, or this machine's clock is wrong" },
        { "read without the key", $"{Version} was read without --update.key and is not installed" },
    };

    [Theory]
    [MemberData(nameof(Idle))]
    public async Task RoundAsync_NothingMayBeInstalled_SaysWhy(string what, string said)
    {
        _publisher.Publish(
            _server, what == "up to date" ? ProductVersion.Text : Version,
            change: release =>
            {
                release["files"]![0]!["rid"] = what == "other platform" ? "plan9-arm" : ReleaseManifest.Platform;
                if (what == "past its end")
                    release["expires"] = _machine.Time.GetUtcNow().AddDays(1).ToUnixTimeSeconds();
            });
        var key = _settings.Key;
        if (what is "no key" or "read without the key")
            _settings.Key = null;
        await CheckAsync();
        if (what == "read without the key")
            _settings.Key = key;
        using var other = new Publisher();
        if (what == "signed with another key")
            _settings.Key = other.Public;
        if (what == "past its end")
            _machine.Time.Advance(TimeSpan.FromDays(2.5));
        _settings.Mode = what switch { "notify" => UpdateMode.Notify, "off" => UpdateMode.Off, _ => UpdateMode.Install };
        if (what == "no source")
            _settings.Url = null;
        Open(isTyped: what == "typed password");

        await _installer.RoundAsync(Cancellation);

        Assert.Equal((said, 0, true), (_installer.State, _handedOver, _machine.Allocator.IsFree));
    }

    [Fact]
    public async Task Ask_FailedBeforeAndModeNotify_ChecksAndTriesItOnceMore()
    {
        _settings.Mode = UpdateMode.Notify;
        _publisher.Publish(_server, Version);
        await CheckAsync();
        _store.Fail(Version, "ended at once", "rolled back", _machine.Time.GetUtcNow());
        await _installer.RoundAsync(Cancellation);
        Assert.Equal(0, _handedOver);

        Assert.True(_installer.Ask().Done);
        await _installer.RoundAsync(Cancellation);

        Assert.Equal(1, _handedOver);
    }

    [Theory]
    [InlineData(true, "nothing was installed: HTTP 500")]
    [InlineData(false, "nothing was installed: up to date")]
    public async Task Ask_NothingToInstall_SaysSoOnce(bool isAway, string said)
    {
        _publisher.Publish(_server, ProductVersion.Text);
        _server.Fault = isAway ? 500 : 0;

        Assert.True(_installer.Ask().Done);
        await _installer.RoundAsync(Cancellation);
        await _installer.RoundAsync(Cancellation);

        Assert.Equal((said, 1), (_store.State.Result, _server.Answers.Count));
    }

    [Fact]
    public void Ask_WithoutAKey_IsRefused()
    {
        _settings.Key = null;
        Assert.Equal((false, "nothing is installed without --update.key, the publisher's public key"), _installer.Ask());
    }

    void Publish(string what)
    {
        string Script(string word, string answer) => $"[ \"$1\" = {word} ] && {{ {answer}; }}\n{Publisher.Good}";
        byte[]? archive = what switch
        {
            "another version" => Publisher.ArchiveOf(Version, Script("--version", "echo miner 2.0.9; exit 0")),
            "command line" => Publisher.ArchiveOf(Version, Script("--check", "echo no such flag >&2; exit 2")),
            "self-test" => Publisher.ArchiveOf(Version, Script("self-test", "echo error: ledger: no libe_sqlite3 >&2; exit 1")),
            "starts nothing" => Publisher.ArchiveOf(("miner", TarEntryType.RegularFile, "#!/no/such/thing\n")),
            "no program" => Publisher.ArchiveOf(("readme", TarEntryType.RegularFile, "hello")),
            "not executable" => Publisher.ArchiveOf(("miner", TarEntryType.Directory, "")),
            "hangs" => Publisher.ArchiveOf(Version, "exec sleep 1000"),
            "path out" => Publisher.ArchiveOf(("../../miner", TarEntryType.RegularFile, "x")),
            "absolute path" => Publisher.ArchiveOf(("/tmp/computeminer-evil", TarEntryType.RegularFile, "x")),
            "symbolic link" => Publisher.ArchiveOf(("miner", TarEntryType.SymbolicLink, "/bin/sh"), ("miner/x", TarEntryType.RegularFile, "x")),
            "hard link" => Publisher.ArchiveOf(("a", TarEntryType.RegularFile, "x"), ("miner", TarEntryType.HardLink, "/etc/passwd")),
            "name with a null" => Publisher.ArchiveOf(("mi\0ner", TarEntryType.RegularFile, "x")),
            "twice" => Publisher.ArchiveOf(("miner", TarEntryType.RegularFile, "x"), ("miner", TarEntryType.RegularFile, "y")),
            "many files" => Publisher.ArchiveOf([.. Enumerable.Range(0, 2001).Select(i => ($"d/{i}", TarEntryType.RegularFile, ""))]),
            "no archive" => "this is no archive"u8.ToArray(),
            "half an archive" => Publisher.ArchiveOf(("miner", TarEntryType.RegularFile, Convert.ToHexString(new Random(1).GetItems<byte>([1, 2, 3, 4], 9999))))[..500],
            _ => null,
        };
        _publisher.Publish(_server, Version, archive, release => release["files"]![0]!["size"] =
            (int)release["files"]![0]!["size"]! + (what == "longer archive" ? -1 : what == "shorter archive" ? 1 : 0));
    }

    void Sabotage(string what)
    {
        var name = $"miner-{Version}.tar.gz";
        if (what == "tampered archive")
        {
            var archive = Publisher.ArchiveOf(Version, Publisher.Good);
            archive[^9] ^= 1;
            _server.Put(name, archive);
        }
        else if (what == "cut")
            _server.CutAfter = 100;
        else if (what == "404")
            _server.Moved[name] = "/nothing";
    }

    void Open(bool isTyped = false)
    {
        _installer?.Dispose();
        _store = new UpdateStore(_machine.StateDirectory);
        var check = new UpdateCheck(_settings, _store, _http, _machine.Time, _logs.CreateLogger<UpdateCheck>());
        var site = new UpdateSite(
            _settings, _store, check, new ReleaseDownload(_store, _http, _machine.Time), new CandidateTest(["run"], _machine.Time), isTyped);
        _installer = new UpdateInstaller(site, _machine.Allocator, () => _isWorking, () => _handedOver++, _machine.Time, _logs.CreateLogger<UpdateInstaller>());
    }

    Task CheckAsync() => _settings is { Url: null } or { Mode: UpdateMode.Off }
        ? Task.CompletedTask
        : new UpdateCheck(_settings, _store, _http, _machine.Time, _logs.CreateLogger<UpdateCheck>()).RunAsync(Cancellation);

    Task<AllocationOutcome> AskAsync() => _machine.Allocator.AllocateAsync(Renter.Alice.Asks(AllocationKind.Rental), Cancellation);
}
