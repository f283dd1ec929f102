using System.Text.Json.Nodes;
using ComputeMiner.Registry;
using DevNet;

namespace ComputeMiner.Tests.Registry;

/// <summary>A service that takes one kind of request and not another, over starts and ends of the miner.</summary>
public sealed class RegistryRecoveryTests : IAsyncLifetime
{
    RegistryBench _bench = null!;

    public async ValueTask InitializeAsync() => _bench = await RegistryBench.StartAsync();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();


    /// <summary>A queue of callers shares the key: each answer is the last one for half a minute.</summary>
    [Fact]
    public async Task OneRequestAtATime_TheRunIsMadeAllTheSame()
    {
        _bench.Registry.Faults.Always(null, DevRegistryFault.UsedUp(TimeSpan.FromSeconds(30)));
        await _bench.StartMinerAsync();
        await PassAsync(TimeSpan.FromMinutes(4));

        Assert.Equal("running", Assert.Single(_bench.Registry.Runs).State);
        Assert.Equal(1, _bench.Count(DevRegistryOperation.Viewer));
    }

    [Fact]
    public async Task Restart_WhileNoDocumentIsTaken_SetsTheKnownRunGoingAgain()
    {
        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();
        await _bench.StopMinerAsync();
        Assert.Equal("finished", _bench.Registry.Runs[0].State);
        _bench.Registry.Faults.Always(DevRegistryOperation.Upsert, DevRegistryFault.RateLimited(TimeSpan.FromMinutes(30)));

        await _bench.StartMinerAsync();
        await _bench.UntilAsync(() => _bench.Registry.Runs[0].State == "running");
    }

    /// <summary>Somebody else got the machine meanwhile: what the run says is not true any more, and is not shown as alive.</summary>
    [Fact]
    public async Task Restart_WhileNoDocumentIsTakenAndTheRunIsWrong_StaysSilent()
    {
        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();
        await _bench.StopMinerAsync();
        _bench.Facts = _bench.Facts with { AllocatedTo = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY" };
        _bench.Registry.Faults.Always(DevRegistryOperation.Upsert, DevRegistryFault.RateLimited(TimeSpan.FromMinutes(30)));
        var posts = _bench.Count(DevRegistryOperation.FileStream);

        await _bench.StartMinerAsync();
        await PassAsync(TimeSpan.FromMinutes(5));

        Assert.Equal(posts, _bench.Count(DevRegistryOperation.FileStream));
    }

    [Fact]
    public async Task Lines_ThatConflict_AreGivenUpAndTheRunLives()
    {
        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();
        _bench.Registry.Faults.Next(DevRegistryOperation.FileStream, DevRegistryFault.Status(409, """{"errors":[{"message":"offset conflict"}]}"""));
        _bench.Publisher.AddHistory(new JsonObject { ["Block"] = 1 });

        await _bench.UntilAsync(() => _bench.Publisher.Current is { PendingLines: 0, DroppedLines: 1 });
        await PassAsync(TimeSpan.FromMinutes(10));

        Assert.Equal("running", _bench.Registry.Runs[0].State);
        Assert.Contains("1 were given up", _bench.Publisher.Current.Describe(_bench.Clock.GetUtcNow()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_ThatAreTooMany_AreSentInParts()
    {
        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();
        for (var block = 0; block < 5; block++)
            _bench.Publisher.AddHistory(new JsonObject { ["Block"] = block });
        _bench.Registry.Faults.Next(DevRegistryOperation.FileStream, DevRegistryFault.Status(413, "too large"));

        await _bench.UntilAsync(() => _bench.Registry.Runs[0].History.Count == 5);

        Assert.Equal(0, _bench.Publisher.Current.DroppedLines);
        Assert.Equal([0, 1, 2, 3, 4], _bench.Registry.Runs[0].History.Select(line => (int)JsonNode.Parse(line)!["Block"]!));
    }

    [Fact]
    public async Task Look_ThatIsRefused_HoldsUpNoDocument()
    {
        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();
        _bench.Registry.Faults.Always(DevRegistryOperation.ResumeStatus, DevRegistryFault.Status(400, """{"errors":[{"message":"Unknown argument missingOk"}]}"""));
        await PassAsync(TimeSpan.FromMinutes(16));
        Assert.Equal(RegistryStage.Published, _bench.Publisher.Current.Stage);
        Assert.Contains("the run cannot be read", _bench.Publisher.Current.Detail, StringComparison.Ordinal);

        _bench.Facts = _bench.Facts with { Version = 191 };
        _bench.Publisher.Touch();
        var before = _bench.Time.GetUtcNow();
        await _bench.UntilAsync(() => _bench.Registry.Runs[0].Config.Contains("191", StringComparison.Ordinal));
        Assert.InRange(_bench.Time.GetUtcNow() - before, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Stop_WhileTheLastDocumentHangs_TellsThatTheRunIsOver()
    {
        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();
        await PassAsync(TimeSpan.FromMinutes(1));
        _bench.Registry.Faults.Always(DevRegistryOperation.Upsert, DevRegistryFault.Hang);
        _bench.Facts = _bench.Facts with { AllocatedTo = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY" };

        await _bench.StopMinerAsync();

        Assert.Equal("finished", _bench.Registry.Runs[0].State);
    }

    /// <summary>Another registry, or one that lost the run: its history begins at its beginning.</summary>
    [Fact]
    public async Task Run_ThatIsNotThereAnyMore_IsMadeWithAHistoryOfItsOwn()
    {
        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();
        for (var block = 0; block < 3; block++)
            _bench.Publisher.AddHistory(new JsonObject { ["Block"] = block });
        await _bench.UntilAsync(() => _bench.Publisher.Current.PendingLines == 0);
        await _bench.StopMinerAsync();
        await using var other = await DevRegistry.StartAsync(
            new DevRegistryOptions { Time = _bench.Time, Accounts = [DevRegistryAccount.Default] }, TestContext.Current.CancellationToken);
        _bench.Settings.Url = other.Endpoint;

        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();
        _bench.Publisher.AddHistory(new JsonObject { ["Block"] = 100 });
        await _bench.UntilAsync(() => _bench.Publisher.Current.PendingLines == 0);

        Assert.Equal(100, (int)JsonNode.Parse(Assert.Single(Assert.Single(other.Runs).History))!["Block"]!);
    }

    async Task PassAsync(TimeSpan time)
    {
        var end = _bench.Time.GetUtcNow() + time;
        await _bench.UntilAsync(() => _bench.Time.GetUtcNow() >= end);
    }
}
