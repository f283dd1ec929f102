using System.Formats.Tar;
using ComputeMiner.Allocations;
using ComputeMiner.Releases;
using ComputeMiner.Tests.Allocations;
using ComputeMiner.Tests.Updates;
using ComputeMiner.Updates;
using Microsoft.Extensions.Logging;

namespace ComputeMiner.Tests.Releases;

/// <summary>Releases from a server over a real socket, signed by OpenSSL, whose programs really run; the machine is a simulated one.</summary>
public sealed partial class UpdateInstallerTests : IAsyncLifetime
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

    /// <summary>The ledger may lie on the same disk: what is left there of a release would keep it full, and rentals out.</summary>
    [Fact]
    public async Task RoundAsync_DiskFull_LeavesNothingOfItThere()
    {
        _publisher.Publish(_server, Version, Publisher.ArchiveOf(("miner", TarEntryType.RegularFile, new string('x', 1_000_000))));
        await CheckAsync();
        using var disk = SmallDisk.At(_store.Root, 256);

        await _installer.RoundAsync(Cancellation);

        Assert.True(_machine.Allocator.IsFree);
        Assert.StartsWith($"release {Version} was not installed: No space left on device", _store.State.Result, StringComparison.Ordinal);
        Assert.Equal([UpdateStore.FileName], Directory.EnumerateFileSystemEntries(_store.Root).Select(Path.GetFileName));
    }

    [Fact]
    public async Task RoundAsync_TooLittleRoom_SaysHowMuchAndFetchesNothing()
    {
        var archive = Publisher.ArchiveOf(("miner", TarEntryType.RegularFile, Convert.ToHexString(new Random(1).GetItems<byte>([1, 2, 3, 4], 500_000))));
        _publisher.Publish(_server, Version, archive);
        await CheckAsync();
        using var disk = SmallDisk.At(_store.Root, 256);

        await _installer.RoundAsync(Cancellation);

        Assert.True(_machine.Allocator.IsFree);
        Assert.Equal($"release {Version} was not installed: needs {((5 * archive.Length - 1) >> 20) + 1} MiB in {_store.Root}, where 0 MiB are free: make room there", _store.State.Result);
        Assert.Equal(0, _server.Count($"miner-{Version}.tar.gz", 200));
        Assert.Equal([UpdateStore.FileName], Directory.EnumerateFileSystemEntries(_store.Root).Select(Path.GetFileName));
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
        // Unpacked and not yet on trial.
        Directory.CreateDirectory(_store.PathOf(Version));
        await File.WriteAllTextAsync(_store.PathOf(Version) + "/libother.so", "of nobody", Cancellation);
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
        // Signed once, long ago, and served to a machine that has never asked before.
        { "older", "up to date" },
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
            _server, what switch { "up to date" => ProductVersion.Text, "older" => "0.0.9", _ => Version },
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

    /// <summary>The operator's word lifts that it failed before, never that it is older.</summary>
    [Fact]
    public async Task Ask_OlderRelease_IsNotFetched()
    {
        _publisher.Publish(_server, "0.0.9");
        Assert.True(_installer.Ask().Done);
        await _installer.RoundAsync(Cancellation);

        Assert.Equal(("nothing was installed: up to date", 0), (_store.State.Result, _handedOver));
        Assert.Equal(0, _server.Count("miner-0.0.9.tar.gz", 200));
    }

    /// <summary>Somebody who can write there could have put a link in the archive's place, and have this user write where that leads.</summary>
    [Fact]
    public async Task RoundAsync_OthersCanWriteWhereReleasesLie_NothingIsWrittenThere()
    {
        var precious = Path.Combine(_machine.StateDirectory, "precious");
        await File.WriteAllTextAsync(precious, "content", Cancellation);
        _publisher.Publish(_server, Version);
        await CheckAsync();
        File.SetUnixFileMode(_store.Root, (UnixFileMode)0x1FF);
        File.CreateSymbolicLink(_store.PathOf(Version + ".tar.gz"), precious);

        await _installer.RoundAsync(Cancellation);

        Assert.StartsWith($"release {Version} was not installed: lies where others can write ({_store.Root} has mode 777)", _store.State.Result, StringComparison.Ordinal);
        Assert.Equal(("content", 0, true), (await File.ReadAllTextAsync(precious, Cancellation), _handedOver, _machine.Allocator.IsFree));
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
