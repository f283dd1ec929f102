using System.Text.Json.Nodes;
using ComputeMiner.Registry;
using DevNet;

namespace ComputeMiner.Tests.Registry;

/// <summary>Every way in which the service fails, and the run as it should be afterwards.</summary>
public sealed class RegistryOutageTests : IAsyncLifetime
{
    RegistryBench _bench = null!;

    public static TheoryData<DevRegistryOperation, string> Faults()
    {
        var data = new TheoryData<DevRegistryOperation, string>();
        foreach (var operation in new[] { DevRegistryOperation.Viewer, DevRegistryOperation.Runs, DevRegistryOperation.Upsert, DevRegistryOperation.FileStream })
        {
            foreach (var fault in ByName.Keys)
                data.Add(operation, fault);
        }
        return data;
    }

    static readonly Dictionary<string, DevRegistryFault> ByName = new()
    {
        ["reset"] = DevRegistryFault.Reset,
        ["lost answer"] = DevRegistryFault.LostAnswer,
        ["truncated"] = DevRegistryFault.Truncated,
        ["html"] = DevRegistryFault.Unavailable,
        ["garbage"] = DevRegistryFault.Garbage,
        ["empty"] = DevRegistryFault.Empty,
        ["null data"] = DevRegistryFault.NullData,
        ["internal"] = DevRegistryFault.Internal,
        ["rate limited"] = DevRegistryFault.RateLimited(),
        ["rate limited with time"] = DevRegistryFault.RateLimited(TimeSpan.FromSeconds(7)),
    };

    public async ValueTask InitializeAsync() => _bench = await RegistryBench.StartAsync(new DevRegistryOptions
    {
        Accounts = [DevRegistryAccount.Default, new DevRegistryAccount("reader", new string('3', 40), CanWrite: false), new DevRegistryAccount("other", new string('2', 40))],
    });

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Fault_OfAnyOperationAtStart_LeavesOneRunInTheEnd(DevRegistryOperation operation, string fault)
    {
        _bench.Registry.Faults.Next(operation, ByName[fault], 3);
        _bench.Facts = _bench.Facts with { AllocatedTo = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY" };
        await _bench.StartMinerAsync();
        await _bench.UntilAsync(() => _bench.Count(operation) >= 4);
        await _bench.PublishedAsync();

        var run = Assert.Single(_bench.Registry.Runs);
        Assert.Equal("running", run.State);
        Assert.Contains("5GrwvaEF5", run.Config, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("reset")]
    [InlineData("lost answer")]
    [InlineData("truncated")]
    [InlineData("internal")]
    [InlineData("garbage")]
    public async Task History_OverFailingPosts_ArrivesOnceAndInOrder(string fault)
    {
        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();
        _bench.Registry.Faults.Next(DevRegistryOperation.FileStream, ByName[fault], 2);
        for (var i = 0; i < 5; i++)
            _bench.Publisher.AddHistory(new JsonObject { ["Block"] = i });
        await _bench.UntilAsync(() => _bench.Publisher.Current.PendingLines == 0);

        Assert.Equal([0, 1, 2, 3, 4], _bench.Registry.Runs[0].History.Select(l => (int)JsonNode.Parse(l)!["Block"]!));
    }

    [Fact]
    public async Task WeekOfOutage_WithManyChanges_CostsOneDocumentAfterwards()
    {
        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();
        await _bench.Registry.StopListeningAsync();
        var before = _bench.Count(DevRegistryOperation.Upsert);
        await _bench.UntilAsync(() => _bench.Publisher.Current.Stage == RegistryStage.Retrying);
        for (var day = 0; day < 7; day++)
        {
            _bench.Facts = _bench.Facts with { AllocatedTo = day % 2 == 0 ? $"5Day{day}" : null };
            _bench.Publisher.Touch();
            for (var line = 0; line < 96; line++)
            {
                _bench.Publisher.AddHistory(new JsonObject { ["Block"] = (day * 96) + line });
                _bench.Time.Advance(TimeSpan.FromMinutes(15));
            }
        }
        var whileAway = _bench.Publisher.Current;
        await _bench.Registry.ResumeListeningAsync(TestContext.Current.CancellationToken);
        await _bench.UntilAsync(() => _bench.Publisher.Current is { Stage: RegistryStage.Published, PendingLines: 0 });

        Assert.Equal(1, _bench.Count(DevRegistryOperation.Upsert) - before);
        var run = Assert.Single(_bench.Registry.Runs);
        Assert.Equal("running", run.State);
        Assert.Contains("5Day6", run.Config, StringComparison.Ordinal);
        Assert.Equal((RegistryOutbox.MostLines, (7L * 96) - RegistryOutbox.MostLines), (whileAway.PendingLines, whileAway.DroppedLines));
        Assert.Equal(RegistryOutbox.MostLines, run.History.Count);
        Assert.Equal((7 * 96) - 1, (int)JsonNode.Parse(run.History[^1])!["Block"]!);
    }

    [Fact]
    public async Task RateLimit_WithATime_IsWaitedFor()
    {
        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();
        _bench.Registry.Faults.Next(DevRegistryOperation.FileStream, DevRegistryFault.RateLimited(TimeSpan.FromSeconds(120)));
        var posts = _bench.Count(DevRegistryOperation.FileStream);
        await _bench.UntilAsync(() => _bench.Count(DevRegistryOperation.FileStream) == posts + 2);

        var seen = _bench.Registry.Requests.Where(r => r.Operation == DevRegistryOperation.FileStream).ToList();
        Assert.InRange(seen[^1].At - seen[^2].At, TimeSpan.FromSeconds(119), TimeSpan.FromSeconds(600));
        Assert.DoesNotContain(_bench.Registry.Requests, r => r.At > seen[^2].At && r.At < seen[^1].At);
    }

    [Fact]
    public async Task Key_Revoked_IsSaidAndAnotherOneTakenUp()
    {
        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();
        var first = _bench.Publisher.Current.RunId;
        _bench.Registry.Revoke("devminer");
        await _bench.UntilAsync(() => _bench.Publisher.Current.Stage == RegistryStage.Unauthorised);
        _bench.UseKey(new string('2', 40));
        await _bench.PublishedAsync();

        // The first run belongs to the other account, which alone may write it.
        Assert.NotEqual(first, _bench.Publisher.Current.RunId);
        Assert.Equal("other", _bench.Registry.Runs.Single(run => run.Name == _bench.Publisher.Current.RunId).Owner);
    }

    [Fact]
    public async Task Account_ThatMayOnlyRead_IsSaidAndAskedSeldom()
    {
        _bench.UseKey(new string('3', 40));
        await _bench.StartMinerAsync();
        await _bench.UntilAsync(() => _bench.Publisher.Current.Stage == RegistryStage.NoPermission);
        var asked = _bench.Count(DevRegistryOperation.Upsert);
        var end = _bench.Time.GetUtcNow().AddMinutes(14);
        await _bench.UntilAsync(() => _bench.Time.GetUtcNow() > end);

        Assert.Equal(asked, _bench.Count(DevRegistryOperation.Upsert));
        Assert.Contains("permission denied", _bench.Publisher.Current.Detail, StringComparison.Ordinal);
        Assert.Empty(_bench.Registry.Runs);
    }

    [Fact]
    public async Task Key_Missing_IsOffUntilThereIsOne()
    {
        _bench.UseKey(null);
        await _bench.StartMinerAsync();
        await _bench.UntilAsync(() => _bench.Publisher.Current.Stage == RegistryStage.Off);
        var detail = _bench.Publisher.Current.Detail;
        var asked = _bench.Registry.Requests.Count;
        _bench.UseKey(DevRegistryAccount.Default.Key);
        await _bench.PublishedAsync();

        Assert.StartsWith("off: no key", detail, StringComparison.Ordinal);
        Assert.Equal(0, asked);
    }

    /// <summary>Validators call a run crashed that is silent for five minutes, whatever the machine's clock says.</summary>
    [Theory]
    [InlineData(-1)]
    [InlineData(-365)]
    [InlineData(365)]
    public async Task Clock_SetByDays_DoesNotSilenceTheRun(int days)
    {
        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();
        _bench.Clock.Set(TimeSpan.FromDays(days));
        var posts = _bench.Count(DevRegistryOperation.FileStream);
        var patience = _bench.Time.GetUtcNow().AddMinutes(4);
        await _bench.UntilAsync(() => _bench.Count(DevRegistryOperation.FileStream) > posts + 2 || _bench.Time.GetUtcNow() > patience);

        Assert.True(_bench.Count(DevRegistryOperation.FileStream) > posts + 2, "no sign of life within four minutes");
    }

    [Fact]
    public async Task Document_ThatIsRefused_IsSaidAndTriedAgainLater()
    {
        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();
        _bench.Registry.Faults.Next(DevRegistryOperation.Upsert, DevRegistryFault.Status(400, """{"errors":[{"message":"you may not"}]}"""));
        _bench.Facts = _bench.Facts with { AllocatedTo = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY" };
        _bench.Publisher.Touch();
        await _bench.UntilAsync(() => _bench.Publisher.Current.Stage == RegistryStage.Retrying);
        var posts = _bench.Count(DevRegistryOperation.FileStream);
        await _bench.UntilAsync(() => _bench.Count(DevRegistryOperation.FileStream) > posts + 1);
        var between = _bench.Publisher.Current;
        await _bench.UntilAsync(() => _bench.Registry.Runs[0].Config.Contains("5GrwvaEF5", StringComparison.Ordinal));
        await _bench.PublishedAsync();

        Assert.Equal(RegistryStage.Retrying, between.Stage);
        Assert.Contains("you may not", between.Detail, StringComparison.Ordinal);
    }

    /// <summary>What no service says must not end the program.</summary>
    [Theory]
    [InlineData("""{"data":{"viewer":{"username":"a","username":"b"}}}""")]
    [InlineData("""{"data":{"viewer":{"username":"\ud800"}}}""")]
    [InlineData("""{"data":{},"data":{}}""")]
    [InlineData("""{"\udfff":1}""")]
    public async Task Answer_ThatIsNoText_IsTriedAgain(string answer)
    {
        _bench.Registry.Faults.Next(null, DevRegistryFault.Status(200, answer), 2);
        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();

        Assert.Equal("running", Assert.Single(_bench.Registry.Runs).State);
    }

    /// <summary>A guest network's page is no answer of the registry's.</summary>
    [Fact]
    public async Task Redirection_OfADocument_IsTriedAgain()
    {
        _bench.Registry.Faults.Next(DevRegistryOperation.Upsert, DevRegistryFault.Status(302, ""), 2);
        await _bench.StartMinerAsync();
        await _bench.UntilAsync(() => _bench.Registry.Runs is [{ State: "running" }]);

        Assert.Equal(3, _bench.Count(DevRegistryOperation.Upsert));
    }

    [Fact]
    public async Task Account_ThatMayOnlyRead_IsLeftForAnotherKeyInItsPlace()
    {
        _bench.UseKey(new string('3', 40));
        await _bench.StartMinerAsync();
        await _bench.UntilAsync(() => _bench.Publisher.Current.Stage == RegistryStage.NoPermission);
        _bench.UseKey(DevRegistryAccount.Default.Key);
        await _bench.PublishedAsync();

        Assert.Equal("devminer", Assert.Single(_bench.Registry.Runs).Owner);
    }

    /// <summary>The key goes with every request: not in clear text through a network.</summary>
    [Theory]
    [InlineData("http://api.wandb.ai/")]
    [InlineData("http://192.0.2.1:8080/")]
    public async Task Url_ThatIsNotEncrypted_IsOffAndSaysWhy(string url)
    {
        _bench.Settings.Url = new Uri(url);
        await _bench.StartMinerAsync();
        await _bench.UntilAsync(() => _bench.Publisher.Current.Stage == RegistryStage.Off);

        Assert.Contains("https", _bench.Publisher.Current.Detail, StringComparison.Ordinal);
    }

    /// <summary>The service says how much is left before it refuses.</summary>
    [Fact]
    public async Task RateLimit_ThatIsUsedUp_IsWaitedForBeforeARefusal()
    {
        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();
        _bench.Registry.Faults.Next(DevRegistryOperation.FileStream, DevRegistryFault.UsedUp(TimeSpan.FromSeconds(120)));
        var posts = _bench.Count(DevRegistryOperation.FileStream);
        await _bench.UntilAsync(() => _bench.Count(DevRegistryOperation.FileStream) == posts + 2);

        var seen = _bench.Registry.Requests.Where(r => r.Operation == DevRegistryOperation.FileStream).ToList();
        Assert.InRange(seen[^1].At - seen[^2].At, TimeSpan.FromSeconds(119), TimeSpan.FromSeconds(300));
    }

    [Fact]
    public async Task Stop_WhileTheServiceHangs_ReturnsWithinItsPatience()
    {
        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();
        _bench.Registry.Faults.Always(null, DevRegistryFault.Hang);

        // The farewell has three seconds of its own.
        await _bench.Publisher.StopAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.True(_bench.Publisher.ExecuteTask!.IsCompleted);
    }
}
