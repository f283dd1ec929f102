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
