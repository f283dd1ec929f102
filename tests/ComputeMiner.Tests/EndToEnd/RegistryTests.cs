using System.Text.Json.Nodes;
using ComputeMiner.Demo;
using DevNet;

namespace ComputeMiner.Tests.EndToEnd;

/// <summary>The real program and a registry over real HTTP: what validators read of a miner that is rented, killed and started again.</summary>
public class RegistryTests
{
    [Fact]
    public async Task Rental_OverAKillAndAnOutage_IsShownByOneRun()
    {
        var token = TestContext.Current.CancellationToken;
        await using var miner = await RentedMiner.StartAsync(token);
        var view = new DemoRegistryView(miner.Registry, miner.Hotkey);
        await view.ExpectAsync(null, token);
        Assert.True(await miner.AllocateAsync());
        await view.ExpectAsync(miner.Validator, token);

        var sent = Documents(miner).Count;
        await miner.KillAndStartAsync(token);
        await Condition.UntilAsync(() => Documents(miner).Count > sent);
        await view.ExpectAsync(miner.Validator, token);
        Assert.All(Documents(miner).Skip(sent), document => Assert.Contains(miner.Validator.ToString(), document, StringComparison.Ordinal));
        var rented = Assert.Single(miner.Registry.Runs);

        await miner.Registry.StopListeningAsync();
        Assert.True(await miner.DeallocateAsync());
        await miner.UntilFreeAsync(token);
        await miner.Registry.ResumeListeningAsync(token);
        await view.ExpectAsync(null, token);

        Assert.Equal(rented.Name, Assert.Single(miner.Registry.Runs).Name);
    }

    /// <summary>Who has the machine is in the ledger: a Docker that hangs at a start hides it from nobody.</summary>
    [Fact]
    public async Task Rental_DockerHangsAtTheNextStart_IsStillShownAndItsOwnerMayRelease()
    {
        var token = TestContext.Current.CancellationToken;
        await using var miner = await RentedMiner.StartAsync(token);
        var view = new DemoRegistryView(miner.Registry, miner.Hotkey);
        Assert.True(await miner.AllocateAsync());
        await view.ExpectAsync(miner.Validator, token);

        var sent = Documents(miner).Count;
        await miner.KillAndStartWhileDockerHangsAsync(token);
        await Condition.UntilAsync(() => Documents(miner).Count > sent);

        await view.ExpectAsync(miner.Validator, token);
        Assert.All(Documents(miner).Skip(sent), document => Assert.Contains(miner.Validator.ToString(), document, StringComparison.Ordinal));
        Assert.Equal("Running", (await miner.StatusAsync()).GetProperty("rental").GetProperty("state").GetString());
        Assert.True(await miner.HoldsAsync());
        Assert.True(await miner.DeallocateAsync());
        await view.ExpectAsync(null, token);
        Assert.False(await miner.IsFreeAsync());
    }

    [Fact]
    public async Task Start_OnAChain_RunsTheScheduleAndSendsWhatTheChainSees()
    {
        var token = TestContext.Current.CancellationToken;
        await using var miner = await RentedMiner.StartAsync(token);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (miner.Registry.Runs is not [{ History.Count: > 0 } run] || !run.Config.Contains("\"specs\"", StringComparison.Ordinal))
            await pause.WaitForNextTickAsync(limit.Token);
        var specs = JsonNode.Parse(miner.Registry.Runs[0].Config)!["specs"]!["value"]!;
        Assert.True((bool)specs["has_docker"]!);
        Assert.Equal(["cpu", "gpu", "hard_disk", "has_docker", "ram"], specs.AsObject().Select(part => part.Key).Order());

        var status = await miner.StatusAsync();
        Assert.Equal(
            ["configuration", "logging", "wallet", "chain", "metagraph", "docker", "image", "gpus", "lists", "axon", "registry", "allocations", "serving"],
            status.GetProperty("startup").EnumerateArray().Select(step => step.GetProperty("name").GetString()));
        Assert.All(status.GetProperty("startup").EnumerateArray(), step => Assert.True(step.GetProperty("done").GetBoolean(), step.ToString()));
        var jobs = status.GetProperty("jobs").EnumerateArray().ToList();
        Assert.All(jobs, job => Assert.True(job.GetProperty("runs").GetInt64() > 0 && job.GetProperty("ok").GetBoolean(), job.ToString()));
        Assert.Equal(
            ["metagraph 1", "axon entry 1", "hardware document 150", "chain data to the registry 75", "validators' word on the rental 75", "versions of validators 30"],
            jobs.Select(job => $"{job.GetProperty("name")} {job.GetProperty("interval")}").Where(job => !job.StartsWith("newer version", StringComparison.Ordinal)));
        var line = JsonNode.Parse(miner.Registry.Runs[0].History[0])!.AsObject();
        Assert.Equal(
            ["Block", "Stake", "Trust", "Consensus", "Incentive", "Emission", "_step", "_runtime", "_timestamp"], line.Select(field => field.Key));
    }

    static List<string> Documents(RentedMiner miner) =>
        [.. miner.Registry.Requests.Where(request => request.Operation == DevRegistryOperation.Upsert).Select(request => request.Body)];
}
