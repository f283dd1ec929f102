using System.Text.Json.Nodes;
using ComputeMiner.Releases;
using ComputeMiner.Schedule;
using ComputeMiner.Tests.Updates;
using ComputeMiner.Updates;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace ComputeMiner.Tests.Releases;

/// <summary>A release server over a real socket, releases signed by OpenSSL, and what is believed of them.</summary>
public sealed class UpdateCheckTests : IAsyncLifetime
{
    readonly string _state = Directory.CreateTempSubdirectory("computeminer-tests-").FullName;
    readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero));
    readonly HttpClient _http = WebFile.CreateClient();
    readonly Publisher _publisher = new();
    readonly UpdateSettings _settings = new();
    readonly RecordedLogs _logs = new();
    UpdateStore _store = null!;
    UpdateCheck? _check;
    FileServer _server = null!;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await FileServer.StartAsync();
        (_settings.Url, _settings.Key) = (new Uri(_server.Root, Publisher.Manifest), _publisher.Public);
        _store = new UpdateStore(_state);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _publisher.Dispose();
        _http.Dispose();
        Directory.Delete(_state, recursive: true);
    }

    [Fact]
    public async Task RunAsync_SignedRelease_IsKnownKeptAndToldOnce()
    {
        _publisher.Publish(_server, "2.1.0");

        Assert.Equal("2.1.0, published 2026-01-01 00:00:00Z", await CheckAsync());
        await CheckAsync();

        var newest = new UpdateStore(_state).State.Newest!;
        Assert.Equal(("2.1.0", true, "Notes of 2.1.0."), (newest.Version, newest.IsSigned, newest.Notes));
        Assert.Equal(new Uri(_server.Root, "miner-2.1.0.tar.gz"), newest.File!.Url);
        Assert.Equal($"Version 2.1.0 of the miner is there, {ProductVersion.Text} runs (signed). Notes of 2.1.0.", Assert.Single(_logs.Lines, line => line.Id == 6336).Text);
    }

    [Fact]
    public async Task RunAsync_WithoutAKey_IsToldAsNotChecked()
    {
        _settings.Key = null;
        _publisher.Publish(_server, "2.1.0");

        Assert.EndsWith(", not checked: no --update.key", await CheckAsync(), StringComparison.Ordinal);
        Assert.False(_store.State.Newest!.IsSigned);
    }

    [Fact]
    public async Task RunAsync_OffOrNoSource_AsksNobody()
    {
        _settings.Mode = UpdateMode.Off;
        Assert.Equal("off", await CheckAsync());
        (_settings.Mode, _settings.Url) = (UpdateMode.Notify, null);
        Assert.Equal("no release source: name one with --update.url", await CheckAsync());
        Assert.Empty(_server.Answers);
    }

    public static TheoryData<string, string> Bad => new()
    {
        { "unsigned", "the manifest is not signed" },
        { "tampered", "signature does not verify with --update.key" },
        { "another key", "signature does not verify with --update.key" },
        { "short signature", "signature does not verify with --update.key" },
        { "garbage", "no JSON object" },
        { "null", "no JSON object" },
        { "deep", "no JSON object" },
        { "no base64", "no release in base64" },
        { "release is a list", "is no JSON" },
        { "no version", "names no version" },
        { "version is a path", "names no version" },
        { "no date", "when the release was published" },
        { "no files", "names 0 files" },
        { "100 files", "names 100 files" },
        { "oversized", "is longer than 65536 bytes" },
        { "past its end", "the list of releases is 12 days past its end (2026-01-20 00:00:00Z)" },
        { "past its end in seconds", "the list of releases is 1 day past its end (2026-01-31 23:59:59Z)" },
        { "no end", "does not say until when it is to be believed" },
        { "end is null", "does not say until when it is to be believed" },
        { "end is a word", "names no time after which it is not to be believed" },
        { "end is beyond all times", "names no time after which it is not to be believed" },
        { "archive too large", "536870912 are allowed" },
        { "archive of no size", "536870912 are allowed" },
        { "no hash", "no SHA-256" },
        { "archive elsewhere in plain text", "is not https" },
        { "archive in a file", "is not https" },
        { "404", "HTTP 404" },
        { "500", "HTTP 500" },
        { "cut", "" },
        { "away", "" },
        { "moved to plain text", "a redirection to an address that is not https" },
        { "moved for ever", "more than 5 redirections" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task RunAsync_AnythingElse_FailsAndKeepsWhatWasKnown(string what, string said)
    {
        _publisher.Publish(_server, "2.1.0");
        await CheckAsync();
        var before = _store.State.Newest;
        using var other = new Publisher();
        Prepare(what, other);

        var fault = await Assert.ThrowsAsync<JobFailedException>(CheckAsync);

        Assert.Contains(said, fault.Message, StringComparison.Ordinal);
        Assert.Equal((before, fault.Message), (_store.State.Newest, _store.State.CheckFault));
        (_server.Fault, _server.CutAfter, _settings.Url) = (0, null, new Uri(_server.Root, Publisher.Manifest));
        _server.Moved.Clear();
        _publisher.Publish(_server, "2.3.0");
        await CheckAsync();
        Assert.Equal(("2.3.0", null), (_store.State.Newest!.Version, _store.State.CheckFault));
    }

    [Theory]
    [InlineData("2.0.9", 0)]
    [InlineData("2.1.0-rc.1", 0)]
    [InlineData("2.1.0", -1)]
    public async Task RunAsync_ReplayOfAnOlderRelease_IsNotTaken(string version, int days)
    {
        _publisher.Publish(_server, "2.1.0");
        await CheckAsync();
        _publisher.Published = _publisher.Published.AddDays(days);
        _publisher.Publish(_server, version);

        Assert.Contains("an old manifest, not taken", (await Assert.ThrowsAsync<JobFailedException>(CheckAsync)).Message, StringComparison.Ordinal);

        // After a restart as well.
        (_store, _check) = (new UpdateStore(_state), null);
        await Assert.ThrowsAsync<JobFailedException>(CheckAsync);
        Assert.Equal("2.1.0", _store.State.Newest!.Version);
    }

    [Theory]
    [InlineData("\"2026-05-01T02:00:00+02:00\"")]
    [InlineData("1777593600")]
    public async Task RunAsync_EndAhead_IsTakenAndAnEarlierOneIsAReplay(string expires)
    {
        void Publish(JsonNode? end) => _publisher.Publish(_server, "2.1.0", change: release => release["expires"] = end);
        Publish(JsonNode.Parse(expires));
        await CheckAsync();

        Assert.Equal(new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero), new UpdateStore(_state).State.Newest!.Expires);
        Publish("2026-04-01T00:00:00Z");
        Assert.Contains("an old manifest, not taken", (await Assert.ThrowsAsync<JobFailedException>(CheckAsync)).Message, StringComparison.Ordinal);
        // Signed again: the same release, good for longer.
        Publish("2026-07-01T00:00:00Z");
        await CheckAsync();
        Assert.Equal(new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.Zero), _store.State.Newest!.Expires);
    }

    /// <summary>The first key was lost to a thief, who signed what nobody could be above.</summary>
    [Fact]
    public async Task RunAsync_AnotherKeyGiven_TakesWhatThatOneSigned()
    {
        _publisher.Publish(_server, "99.0.0");
        await CheckAsync();
        using var next = new Publisher();
        _settings.Key = next.Public;
        next.Publish(_server, "2.1.0");

        await CheckAsync();

        Assert.Equal(("2.1.0", next.Key), (_store.State.Newest!.Version, _store.State.Newest.SignedBy));
    }

    /// <summary>What came without a key, perhaps from an attacker, must not keep out what a key vouches for.</summary>
    [Fact]
    public async Task RunAsync_KeyGivenLater_TakesWhatIsSigned()
    {
        _settings.Key = null;
        _publisher.Publish(_server, "9.9.9");
        await CheckAsync();
        _settings.Key = _publisher.Public;
        _publisher.Publish(_server, "2.1.0");

        await CheckAsync();

        Assert.Equal(("2.1.0", true), (_store.State.Newest!.Version, _store.State.Newest.IsSigned));
    }

    [Fact]
    public async Task RunAsync_ServerHangs_GivesUpInTime()
    {
        _publisher.Publish(_server, "2.1.0");
        _server.Gate = new TaskCompletionSource().Task;

        var check = CheckAsync();
        await Condition.UntilAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return check.IsCompleted;
        });

        Assert.Equal("no answer within 30 s", (await Assert.ThrowsAsync<JobFailedException>(() => check)).Message);
    }

    [Fact]
    public async Task RunAsync_OtherPlatformsOnly_NamesThem()
    {
        _publisher.Publish(_server, "2.1.0", change: release => release["files"]![0]!["rid"] = "plan9-arm");
        await CheckAsync();

        Assert.Null(_store.State.Newest!.File);
        Assert.Equal(["plan9-arm"], _store.State.Newest.Platforms);
    }

    [Fact]
    public async Task RunAsync_EscapeSequencesInNotes_DoNotReachTheTerminal()
    {
        _publisher.Publish(_server, "2.1.0", change: release => release["notes"] = "new\u001b[2Jthings\nsecond line");
        await CheckAsync();

        Assert.Equal("new [2Jthings\nsecond line", _store.State.Newest!.Notes);
    }

    [Fact]
    public async Task RunAsync_MovedOnThisMachine_IsFollowed()
    {
        _publisher.Publish(_server, "2.1.0");
        _server.Moved["latest"] = "/" + Publisher.Manifest;
        _settings.Url = new Uri(_server.Root, "latest");

        Assert.StartsWith("2.1.0", await CheckAsync(), StringComparison.Ordinal);
    }

    void Prepare(string what, Publisher other)
    {
        const string next = "2.2.0";
        void Said(Action<JsonObject> change) => _publisher.Publish(_server, next, change: change);
        void Out(Func<JsonObject, JsonObject> tamper) => _publisher.Publish(_server, next, tamper: tamper);
        JsonObject With(JsonObject manifest, string key, JsonNode? value)
        {
            manifest[key] = value;
            return manifest;
        }
        switch (what)
        {
            case "unsigned": Out(m => With(m, "signature", null)); break;
            case "tampered": Out(m => With(m, "release", Convert.ToBase64String([.. Convert.FromBase64String((string)m["release"]!), (byte)' ']))); break;
            case "another key": other.Publish(_server, next); break;
            case "short signature": Out(m => With(m, "signature", ((string)m["signature"]!)[..84])); break;
            case "garbage": _server.Put(Publisher.Manifest, "<html>"); break;
            case "null": _server.Put(Publisher.Manifest, "null"); break;
            case "deep": _server.Put(Publisher.Manifest, new string('[', 60_000)); break;
            case "no base64": Out(m => With(m, "release", "not base64!")); break;
            case "release is a list": Out(m => With(With(m, "release", Convert.ToBase64String("[]"u8)), "signature", Convert.ToBase64String(_publisher.Sign("[]"u8.ToArray())))); break;
            case "no version": Said(r => r.Remove("version")); break;
            case "version is a path": Said(r => r["version"] = "../../../etc"); break;
            case "no date": Said(r => r.Remove("published")); break;
            case "no files": Said(r => r["files"] = new JsonArray()); break;
            case "100 files": Said(r => r["files"] = new JsonArray([.. Enumerable.Range(0, 100).Select(_ => (JsonNode?)null)])); break;
            case "oversized": _server.Put(Publisher.Manifest, new byte[ReleaseManifest.Largest + 1]); break;
            case "past its end": Said(r => r["expires"] = "2026-01-20T00:00:00Z"); break;
            case "past its end in seconds": Said(r => r["expires"] = 1_769_903_999); break;
            case "no end": Said(r => r.Remove("expires")); break;
            case "end is null": Said(r => r["expires"] = null); break;
            case "end is a word": Said(r => r["expires"] = "soon"); break;
            case "end is beyond all times": Said(r => r["expires"] = 1e300); break;
            case "archive too large": Said(r => r["files"]![0]!["size"] = ReleaseManifest.LargestArchive + 1); break;
            case "archive of no size": Said(r => r["files"]![0]!["size"] = 0); break;
            case "no hash": Said(r => r["files"]![0]!["sha256"] = "abc"); break;
            case "archive elsewhere in plain text": Said(r => r["files"]![0]!["url"] = "http://releases.invalid/a.tar.gz"); break;
            case "archive in a file": Said(r => r["files"]![0]!["url"] = "file:///etc/passwd"); break;
            case "404": _settings.Url = new Uri(_server.Root, "nothing"); break;
            case "500": _server.Fault = 500; break;
            case "cut": _server.CutAfter = 10; break;
            case "away": _settings.Url = new Uri("http://127.0.0.1:9/manifest.json"); break;
            case "moved to plain text": _server.Moved[Publisher.Manifest] = "http://releases.invalid/manifest.json"; break;
            case "moved for ever": _server.Moved[Publisher.Manifest] = "/" + Publisher.Manifest; break;
            default: throw new ArgumentOutOfRangeException(nameof(what));
        }
    }

    Task<string> CheckAsync() => (_check ??= new UpdateCheck(_settings, _store, _http, _time, _logs.CreateLogger<UpdateCheck>())).RunAsync(Cancellation);
}
