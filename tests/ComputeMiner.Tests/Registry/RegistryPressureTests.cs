using System.Text;
using System.Text.Json.Nodes;
using ComputeMiner.Registry;
using DevNet;

namespace ComputeMiner.Tests.Registry;

/// <summary>A service that refuses one kind of request, answers half, or is full of strangers' runs: the run stays as visible as it can be.</summary>
public sealed class RegistryPressureTests : IAsyncLifetime
{
    const string Validator = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

    RegistryBench _bench = null!;

    public async ValueTask InitializeAsync() => _bench = await RegistryBench.StartAsync();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    public static TheoryData<string> Troubles => [.. Faults.Keys];

    static readonly Dictionary<string, DevRegistryFault> Faults = new()
    {
        ["rate limited for an hour"] = DevRegistryFault.RateLimited(TimeSpan.FromHours(1)),
        ["used up for an hour"] = DevRegistryFault.UsedUp(TimeSpan.FromHours(1)),
        ["internal"] = DevRegistryFault.Internal,
        ["refused"] = DevRegistryFault.Status(400, """{"errors":[{"message":"you may not"}]}"""),
        ["null data"] = DevRegistryFault.NullData,
    };

    /// <summary>Validators pass over a run that shows no sign of life for five minutes, whatever queries do.</summary>
    [Theory]
    [MemberData(nameof(Troubles))]
    public async Task Queries_ThatFail_DoNotSilenceTheRun(string fault)
    {
        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();
        _bench.Registry.Faults.Always(DevRegistryOperation.ResumeStatus, Faults[fault]);
        _bench.Registry.Faults.Always(DevRegistryOperation.Upsert, Faults[fault]);
        _bench.Facts = _bench.Facts with { AllocatedTo = Validator };
        _bench.Publisher.Touch();
        var end = _bench.Time.GetUtcNow().AddMinutes(8);
        var states = new HashSet<string>();
        await _bench.UntilAsync(() =>
        {
            states.Add(_bench.Registry.Runs[0].State);
            return _bench.Time.GetUtcNow() >= end;
        });

        Assert.Equal("running", Assert.Single(states));
        Assert.InRange(_bench.Count(DevRegistryOperation.Upsert) + _bench.Count(DevRegistryOperation.ResumeStatus), 2, 20);
    }

    /// <summary>Who has the machine is what validators act on; streams have a limit of their own.</summary>
    [Theory]
    [MemberData(nameof(Troubles))]
    public async Task Posts_ThatFail_DoNotHoldTheDocument(string fault)
    {
        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();
        _bench.Registry.Faults.Always(DevRegistryOperation.FileStream, Faults[fault]);
        var posts = _bench.Count(DevRegistryOperation.FileStream);
        await _bench.UntilAsync(() => _bench.Count(DevRegistryOperation.FileStream) > posts);
        _bench.Facts = _bench.Facts with { AllocatedTo = Validator };
        _bench.Publisher.Touch();
        var patience = _bench.Time.GetUtcNow().AddMinutes(5);
        await _bench.UntilAsync(() => _bench.Registry.Runs[0].Config.Contains(Validator, StringComparison.Ordinal) || _bench.Time.GetUtcNow() > patience);

        Assert.Contains(Validator, _bench.Registry.Runs[0].Config, StringComparison.Ordinal);
    }

    /// <summary>A service that names a moment again and again is asked less and less often all the same.</summary>
    [Theory]
    [InlineData(0.001)]
    [InlineData(1)]
    public async Task RateLimit_WithAMomentOnly_IsNotHammered(double seconds)
    {
        _bench.Registry.Faults.Always(null, DevRegistryFault.RateLimited(TimeSpan.FromSeconds(seconds)));
        await _bench.StartMinerAsync();
        var end = _bench.Time.GetUtcNow().AddMinutes(10);
        await _bench.UntilAsync(() => _bench.Time.GetUtcNow() >= end);

        Assert.InRange(_bench.Registry.Requests.Count, 5, 25);
    }

    [Fact]
    public async Task RateLimit_WithADate_IsWaitedFor()
    {
        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();
        _bench.Registry.Faults.Next(DevRegistryOperation.FileStream, DevRegistryFault.RateLimited(DateTimeOffset.UtcNow.AddMinutes(10)));
        var posts = _bench.Count(DevRegistryOperation.FileStream);
        await _bench.UntilAsync(() => _bench.Count(DevRegistryOperation.FileStream) == posts + 2);

        var seen = _bench.Registry.Requests.Where(r => r.Operation == DevRegistryOperation.FileStream).ToList();
        Assert.InRange(seen[^1].At - seen[^2].At, TimeSpan.FromMinutes(8), TimeSpan.FromMinutes(15));
    }

    /// <summary>Null beside an error says that the service could not look, not that there is nothing.</summary>
    [Fact]
    public async Task Viewer_ThatCouldNotBeLookedUp_IsAskedAgainSoon()
    {
        _bench.Registry.Faults.Next(DevRegistryOperation.Viewer, DevRegistryFault.Status(200, """{"data":{"viewer":null},"errors":[{"message":"timeout"}]}"""));
        await _bench.StartMinerAsync();
        var start = _bench.Time.GetUtcNow();
        await _bench.PublishedAsync();

        Assert.InRange(_bench.Time.GetUtcNow() - start, TimeSpan.Zero, TimeSpan.FromMinutes(5));
    }

    [Theory]
    [InlineData("""{"data":{"model":{"bucket":null}},"errors":[{"message":"timeout"}]}""")]
    [InlineData("""{"data":{"model":null},"errors":[{"message":"timeout"}]}""")]
    public async Task Run_ThatCouldNotBeLookedUp_IsKeptWithItsHardware(string answer)
    {
        _bench.Facts = _bench.Facts with { Specs = new JsonObject { ["gpu"] = new JsonObject { ["count"] = 8 } } };
        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();
        var run = _bench.Publisher.Current.RunId;
        await _bench.StopMinerAsync();
        // The hardware is not known yet at a start; the run has it.
        _bench.Facts = _bench.Facts with { Specs = null };
        _bench.Registry.Faults.Next(DevRegistryOperation.ResumeStatus, DevRegistryFault.Status(200, answer));
        _bench.Registry.Faults.Next(DevRegistryOperation.Runs, DevRegistryFault.Status(200, """{"data":{"project":{"runs":{"edges":[],"pageInfo":{"hasNextPage":false}}}}}"""));
        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();

        Assert.Equal(run, Assert.Single(_bench.Registry.Runs).Name);
        Assert.Equal(8, (int)JsonNode.Parse(_bench.Registry.Runs[0].Config)!["specs"]!["value"]!["gpu"]!["count"]!);
    }

    /// <summary>Anybody may make runs with our label, as large as the service takes them.</summary>
    [Fact]
    public async Task Start_AmongHugeRunsWithOurLabel_PublishesAllTheSame()
    {
        var junk = """{"config":{"value":{"netuid":27}},"hotkey":{"value":"JUNK"}}""".Replace("JUNK", new string('x', 9_000_000), StringComparison.Ordinal);
        for (var i = 0; i < 4; i++)
            _bench.Registry.Put("stranger", $"squat{i:000}", Label, junk);
        await _bench.StartMinerAsync();
        var start = _bench.Time.GetUtcNow();
        await _bench.PublishedAsync();

        Assert.InRange(_bench.Time.GetUtcNow() - start, TimeSpan.Zero, TimeSpan.FromMinutes(10));
        Assert.Equal("devminer", _bench.Registry.Runs[^1].Owner);
    }

    [Fact]
    public async Task Start_AmongManyRunsWithOurLabel_AsksFewPages()
    {
        for (var i = 0; i < 1_000; i++)
            _bench.Registry.Put("stranger", $"squat{i:000}", Label, """{"config":{"value":{"netuid":27}}}""");
        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();

        Assert.InRange(_bench.Count(DevRegistryOperation.Runs), 1, 10);
        Assert.Equal("devminer", _bench.Registry.Runs[^1].Owner);
    }

    /// <summary>The account made the run and lost its right to write it: no other run would do better.</summary>
    [Fact]
    public async Task Account_ThatLosesItsRight_IsSaidAndAskedSeldom()
    {
        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();
        var run = _bench.Publisher.Current.RunId;
        await _bench.StopMinerAsync();
        var denied = DevRegistryFault.Status(403, """{"errors":[{"message":"permission denied"}],"data":{"upsertBucket":null}}""");
        _bench.Registry.Faults.Always(DevRegistryOperation.Upsert, denied);
        _bench.Registry.Faults.Always(DevRegistryOperation.FileStream, denied);
        await _bench.StartMinerAsync();
        await _bench.UntilAsync(() => _bench.Publisher.Current.Stage == RegistryStage.NoPermission);
        var asked = _bench.Registry.Requests.Count;
        var end = _bench.Time.GetUtcNow().AddMinutes(14);
        await _bench.UntilAsync(() => _bench.Time.GetUtcNow() > end);
        var askedLater = _bench.Registry.Requests.Count;
        _bench.Registry.Faults.Clear();
        await _bench.PublishedAsync();

        Assert.Equal(asked, askedLater);
        Assert.Equal((run, "running"), Assert.Single(_bench.Registry.Runs) is var only ? (only.Name, only.State) : default);
    }

    /// <summary>A run that is over is not free, whatever became of its last document.</summary>
    [Fact]
    public async Task Stop_WhileTheDocumentIsRefused_FinishesTheRun()
    {
        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();
        _bench.Registry.Faults.Always(DevRegistryOperation.Upsert, Faults["refused"]);
        _bench.Facts = _bench.Facts with { AllocatedTo = Validator };
        _bench.Publisher.Touch();
        await _bench.UntilAsync(() => _bench.Publisher.Current.Stage == RegistryStage.Retrying);
        await _bench.StopMinerAsync();

        Assert.Equal("finished", _bench.Registry.Runs[0].State);
    }

    /// <summary>Another process with this account and run makes the machine look smaller: a validator would end the rental for it.</summary>
    [Fact]
    public async Task Hardware_OverwrittenByAnother_IsWrittenAgain()
    {
        _bench.Facts = _bench.Facts with { Specs = new JsonObject { ["gpu"] = new JsonObject { ["count"] = 8, ["capacity"] = 81559.0 } } };
        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();
        var run = _bench.Registry.Runs[0];
        _bench.Registry.Put("devminer", run.Name, run.DisplayName, run.Config.Replace("\"count\":8", "\"count\":1", StringComparison.Ordinal));
        var end = _bench.Time.GetUtcNow().AddMinutes(20);
        await _bench.UntilAsync(() => _bench.Time.GetUtcNow() >= end);

        Assert.Contains("\"count\":8", _bench.Registry.Runs[0].Config, StringComparison.Ordinal);
        Assert.Equal(2, _bench.Count(DevRegistryOperation.Upsert));
    }

    /// <summary>The service may write a number in its own way; that is nobody else's hand.</summary>
    [Fact]
    public async Task Hardware_WithTheServicesOwnNumbers_IsLeft()
    {
        _bench.Facts = _bench.Facts with { Specs = new JsonObject { ["gpu"] = JsonNode.Parse("""{"count":1,"capacity":81559.0}""") } };
        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();
        var run = _bench.Registry.Runs[0];
        _bench.Registry.Put("devminer", run.Name, run.DisplayName, run.Config.Replace("81559.0", "81559", StringComparison.Ordinal));
        var end = _bench.Time.GetUtcNow().AddMinutes(20);
        await _bench.UntilAsync(() => _bench.Time.GetUtcNow() >= end);

        Assert.Equal(1, _bench.Count(DevRegistryOperation.Upsert));
    }

    /// <summary>Bytes that are no text end no program.</summary>
    [Fact]
    public async Task Answer_WithBytesThatAreNoText_IsTriedAgain()
    {
        await using var server = RawServer.Of("200 OK", Encoding.Latin1.GetBytes("{\"data\":{\"viewer\":{\"username\":\"\u00ff\"}}}"));
        _bench.Settings.Url = server.Endpoint;
        await _bench.StartMinerAsync();
        await _bench.UntilAsync(() => server.Requests.Count > 2 || _bench.Publisher.ExecuteTask!.IsCompleted);

        Assert.False(_bench.Publisher.ExecuteTask!.IsCompleted);
    }

    /// <summary>Through everything that goes wrong the key stands in one header and nowhere else.</summary>
    [Fact]
    public async Task Key_ThroughEveryFailure_IsInNoLineAndNoStatus()
    {
        var key = DevRegistryAccount.Default.Key;
        var said = new List<string>();
        DevRegistryFault[] all =
        [
            Faults["internal"], Faults["refused"], Faults["null data"], DevRegistryFault.RateLimited(), DevRegistryFault.Reset, DevRegistryFault.Garbage, DevRegistryFault.Truncated, DevRegistryFault.Unavailable,
            DevRegistryFault.Status(403, "{}"), DevRegistryFault.Status(404, "{}"), DevRegistryFault.Status(409, "{}"), DevRegistryFault.Status(401, "{}"),
        ];
        foreach (var fault in all)
        {
            await _bench.StartMinerAsync();
            await _bench.PublishedAsync();
            _bench.Registry.Faults.Always(null, fault);
            // What only queries suffer from shows at the next look, and the run stays published.
            await _bench.UntilAsync(() => _bench.Publisher.Current.Detail.Contains("next try in", StringComparison.Ordinal));
            said.Add(_bench.Publisher.Current.ToString());
            _bench.Registry.Faults.Clear();
            await _bench.StopMinerAsync();
        }
        _bench.UseKey(key[..30]);
        await _bench.StartMinerAsync();
        await _bench.UntilAsync(() => _bench.Publisher.Current.Stage == RegistryStage.Off);
        said.Add(_bench.Publisher.Current.ToString());

        Assert.NotEmpty(_bench.Logs.Lines);
        var basic = Convert.ToBase64String(Encoding.ASCII.GetBytes("api:" + key))[..20];
        Assert.All(said.Concat(_bench.Logs.Lines.Select(line => line.Text)), line =>
        {
            Assert.DoesNotContain(key[..30], line, StringComparison.Ordinal);
            Assert.DoesNotContain(basic, line, StringComparison.Ordinal);
        });
    }

    /// <summary>A full disk costs what would outlive the process, not the run.</summary>
    [Fact]
    public async Task Start_WhereNoStateCanBeKept_PublishesOneRunAllTheSame()
    {
        // Not even root replaces a file by way of a directory.
        Directory.CreateDirectory(_bench.StatePath + ".new");
        _bench.MayFailToWrite = true;
        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();
        var run = _bench.Publisher.Current.RunId;
        await _bench.StopMinerAsync();
        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();

        Assert.Equal((run, "running"), Assert.Single(_bench.Registry.Runs) is var only ? (only.Name, only.State) : default);
    }

    static string Label => $"miner-{RegistryBench.Miner.Hotkey}";
}
