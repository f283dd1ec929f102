using System.Text.Json.Nodes;
using ComputeMiner.Registry;
using DevNet;

namespace ComputeMiner.Tests.Registry;

/// <summary>The run's life over real HTTP, on a virtual clock.</summary>
public sealed class RegistryPublisherTests : IAsyncLifetime
{
    RegistryBench _bench = null!;

    public async ValueTask InitializeAsync() => _bench = await RegistryBench.StartAsync(new DevRegistryOptions
    {
        Accounts = [DevRegistryAccount.Default, new DevRegistryAccount("reader", new string('3', 40), CanWrite: false), new DevRegistryAccount("other", new string('2', 40))],
    });

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Start_WithNothingKnown_MakesOneSignedRunningRun()
    {
        _bench.Facts = _bench.Facts with { Specs = new JsonObject { ["gpu"] = new JsonObject { ["count"] = 1 } } };
        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();

        var run = Assert.Single(_bench.Registry.Runs);
        var config = JsonNode.Parse(run.Config)!;
        Assert.Matches("^[a-z0-9]{8}$", run.Name);
        Assert.Equal(($"miner-{RegistryBench.Miner.Hotkey}", "running"), (run.DisplayName, run.State));
        Assert.Equal(RegistryBench.Miner.Hotkey.ToString(), (string?)config["hotkey"]!["value"]);
        Assert.Equal("miner", (string?)config["role"]!["value"]);
        Assert.Equal(27, (int)config["config"]!["value"]!["netuid"]!);
        Assert.Equal(190, (int)config["version"]!["value"]!);
        Assert.Equal(1, (int)config["specs"]!["value"]!["gpu"]!["count"]!);
        Assert.True(config["allocated"]!.AsObject().ContainsKey("value"));
        Assert.Null(config["allocated"]!["value"]);
        Assert.NotNull(config["_wandb"]!["value"]!["t"]);
        Assert.True(RunSignature.Verify(RegistryBench.Miner.Hotkey, run.Name, (string)config["signature"]!["value"]!));
    }

    /// <summary>The very filters validators send find the run.</summary>
    [Theory]
    [InlineData(null, """{"$and":[{"config.role":"miner"},{"config.config.netuid":27},{"state":"running"}]}""")]
    [InlineData(null, """{"$or":[{"config.allocated":{"$regex":"null"}},{"config.allocated":{"$exists":false}}]}""")]
    [InlineData("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY", """{"config.allocated":{"$regex":"\\d.*"}}""")]
    public async Task Run_ByTheValidatorsFilter_IsFound(string? allocatedTo, string filter)
    {
        _bench.Facts = _bench.Facts with { AllocatedTo = allocatedTo };
        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();
        using var transport = _bench.Access.Open(new RegistryKey(DevRegistryAccount.Default.Key, "test"));

        var found = new List<string>();
        var isWhole = await new RegistryApi(transport, _bench.Settings)
            .FindRunsAsync((JsonObject)JsonNode.Parse(filter)!, ["hotkey"], run => found.Add(run.Name), TestContext.Current.CancellationToken);

        Assert.True(isWhole);
        Assert.Equal(_bench.Publisher.Current.RunId, Assert.Single(found));
    }

    /// <summary>Before ledger and containers were compared a machine that seems free may be a renter's: the run goes on saying what it says.</summary>
    [Fact]
    public async Task Holder_WhileUnknown_StaysAsTheRunSays()
    {
        var free = _bench.Facts;
        _bench.Facts = free with { AllocatedTo = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY" };
        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();
        await _bench.StopMinerAsync();

        _bench.Facts = free with { IsHolderKnown = false };
        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();
        Assert.Equal("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY", Allocated());

        _bench.Facts = free;
        _bench.Publisher.Touch();
        await _bench.UntilAsync(() => Allocated() is null);

        // What was sent last counts, not what was there at the start.
        _bench.Facts = free with { IsHolderKnown = false, Version = 191 };
        _bench.Publisher.Touch();
        await _bench.UntilAsync(() => (int)Config()["version"]!["value"]! == 191);
        Assert.Null(Allocated());

        JsonNode Config() => JsonNode.Parse(Assert.Single(_bench.Registry.Runs).Config)!;
        string? Allocated() => (string?)Config()["allocated"]!["value"];
    }

    [Fact]
    public async Task Change_WhenTouched_IsPublishedOnceAndWhole()
    {
        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();
        _bench.Facts = _bench.Facts with { AllocatedTo = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY" };
        for (var i = 0; i < 10; i++)
            _bench.Publisher.Touch();
        await _bench.UntilAsync(() => _bench.Registry.Runs[0].Config.Contains("5GrwvaEF5", StringComparison.Ordinal));

        Assert.Equal(2, _bench.Count(DevRegistryOperation.Upsert));
        Assert.NotNull(JsonNode.Parse(_bench.Registry.Runs[0].Config)!["signature"]);
    }

    [Fact]
    public async Task Run_OverAnHour_NeverLooksCrashedAndIsNotWrittenAgain()
    {
        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();
        var end = _bench.Time.GetUtcNow().AddHours(1);
        await _bench.UntilAsync(() =>
        {
            Assert.Equal("running", _bench.Registry.Runs[0].State);
            return _bench.Time.GetUtcNow() >= end;
        });

        Assert.Equal(1, _bench.Count(DevRegistryOperation.Upsert));
    }

    [Fact]
    public async Task Restart_WithTheState_GoesOnWithTheRunAndItsHistory()
    {
        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();
        _bench.Publisher.AddHistory(new JsonObject { ["Block"] = 1 });
        await _bench.UntilAsync(() => _bench.Registry.Runs[0].History.Count == 1);
        await _bench.StopMinerAsync();
        var stopped = _bench.Registry.Runs[0].State;
        await _bench.StartMinerAsync();
        _bench.Publisher.AddHistory(new JsonObject { ["Block"] = 2 });
        await _bench.UntilAsync(() => _bench.Registry.Runs[0].History.Count == 2);

        Assert.Equal("finished", stopped);
        var run = Assert.Single(_bench.Registry.Runs);
        Assert.Equal("running", run.State);
        Assert.Equal([(1, 0), (2, 1)], run.History.Select(l => ((int)JsonNode.Parse(l)!["Block"]!, (int)JsonNode.Parse(l)!["_step"]!)));
        Assert.Equal(2, (int)JsonNode.Parse(run.Summary)!["Block"]!);
    }

    [Fact]
    public async Task Restart_WithoutTheState_FindsTheRunByItsSignatureNotItsLabel()
    {
        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();
        var ours = _bench.Publisher.Current.RunId!;
        await _bench.StopMinerAsync();
        File.Delete(_bench.StatePath);
        var label = $"miner-{RegistryBench.Miner.Hotkey}";
        var config = _bench.Registry.Runs[0].Config;
        _bench.Registry.Put("stranger", "squatter", label, config);
        _bench.Registry.Put("devminer", "unsigned", label, config);
        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();

        Assert.Equal(ours, _bench.Publisher.Current.RunId);
        Assert.Equal(3, _bench.Registry.Runs.Count);
    }

    [Fact]
    public async Task Restart_AfterTheRunWasDeleted_TakesANewIdAtOnce()
    {
        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();
        var deleted = _bench.Publisher.Current.RunId!;
        await _bench.StopMinerAsync();
        _bench.Registry.Delete(deleted);
        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();

        var run = Assert.Single(_bench.Registry.Runs);
        Assert.NotEqual(deleted, run.Name);
        Assert.True(RunSignature.Verify(RegistryBench.Miner.Hotkey, run.Name, (string)JsonNode.Parse(run.Config)!["signature"]!["value"]!));
    }

    [Fact]
    public async Task Delete_WhileRunning_IsNoticedAtTheNextPost()
    {
        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();
        _bench.Registry.Delete(_bench.Publisher.Current.RunId!);

        await _bench.UntilAsync(() => _bench.Registry.Runs is [{ State: "running" }]);
    }

    /// <summary>Another process with the same account and run would show a rented machine as free.</summary>
    [Fact]
    public async Task Run_OverwrittenByAnother_IsWrittenAgainAndOtherwiseLeft()
    {
        _bench.Facts = _bench.Facts with { AllocatedTo = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY" };
        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();
        var run = _bench.Registry.Runs[0];
        _bench.Registry.Put("devminer", run.Name, run.DisplayName, run.Config.Replace("\"5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY\"", "null", StringComparison.Ordinal));
        var end = _bench.Time.GetUtcNow().AddMinutes(40);
        await _bench.UntilAsync(() => _bench.Time.GetUtcNow() >= end);

        Assert.Contains("5GrwvaEF5", _bench.Registry.Runs[0].Config, StringComparison.Ordinal);
        Assert.Equal(2, _bench.Count(DevRegistryOperation.Upsert));
    }

    [Fact]
    public async Task Resume_OfARunWithMore_KeepsTheKeysThatAreNotOurs()
    {
        var id = "abcd1234";
        var signature = RunSignature.Sign(RegistryBench.Miner, id);
        _bench.Registry.Put("devminer", id, $"miner-{RegistryBench.Miner.Hotkey}",
            """{"hotkey":{"value":"HOTKEY"},"config":{"value":{"netuid":27}},"signature":{"value":"SIGNATURE"},"is_port_open":{"desc":null,"value":true},"specs":{"value":{"gpu":{"count":8}}}}"""
                .Replace("HOTKEY", RegistryBench.Miner.Hotkey.ToString(), StringComparison.Ordinal).Replace("SIGNATURE", signature, StringComparison.Ordinal));
        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();

        var config = JsonNode.Parse(Assert.Single(_bench.Registry.Runs).Config)!;
        Assert.True((bool)config["is_port_open"]!["value"]!);
        Assert.Equal(8, (int)config["specs"]!["value"]!["gpu"]!["count"]!);
        Assert.Equal("miner", (string?)config["role"]!["value"]);
    }

    [Fact]
    public async Task Requests_AllOfThem_NameNothingOfTheHost()
    {
        await _bench.StartMinerAsync();
        await _bench.PublishedAsync();
        _bench.Publisher.AddHistory(new JsonObject { ["Block"] = 1 });
        await _bench.UntilAsync(() => _bench.Registry.Runs[0].History.Count == 1);
        await _bench.StopMinerAsync();

        Assert.NotEmpty(_bench.Registry.Requests);
        Assert.All(_bench.Registry.Requests, request =>
        {
            Assert.DoesNotContain(DevRegistryAccount.Default.Key, request.Body, StringComparison.Ordinal);
            Assert.DoesNotContain(Environment.MachineName, request.Body, StringComparison.Ordinal);
            Assert.DoesNotContain(Path.GetTempPath(), request.Body, StringComparison.Ordinal);
            Assert.StartsWith("ComputeMiner/", request.UserAgent, StringComparison.Ordinal);
        });
        Assert.DoesNotContain(DevRegistryAccount.Default.Key, File.ReadAllText(_bench.StatePath), StringComparison.Ordinal);
    }
}
