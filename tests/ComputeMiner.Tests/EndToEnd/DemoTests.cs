using System.Text.Json;
using ComputeMiner.Containers;

namespace ComputeMiner.Tests.EndToEnd;

/// <summary>The demo as a user runs it: the whole program, real Docker, real SSH.</summary>
[Trait("Needs", "Docker")]
public sealed class DemoTests
{
    // The base image is bootstrapped on the first run of a machine.
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(12);

    static readonly string[] Steps =
    [
        "Docker answers", "Dev chain and registry up", "Wallet made", "Hotkey registered by a signed extrinsic", "Miner started, container image ready",
        "Axon served on chain by a signed extrinsic", "Validator reads the metagraph", "Ping", "The registry shows the machine as free", "Check: the machine is free", "Allocate",
        "Decrypt the credentials with the RSA key", "Log in over SSH with the password", "Run a command in the container",
        "Check: the machine is held", "The registry shows the machine as rented", "A second allocate is refused", "Exchange the SSH key", "Log in with the new key", "Pause",
        "A login hangs while paused", "Check while paused: still held", "Resume", "Restart: same files, same key", "Deallocate",
        "The container is gone", "Check: the machine is free again", "Challenge", "Admitted, for comparison", "Replayed request",
        "Unsigned request", "Signed for another miner's hotkey", "Unknown hotkey", "Exploiter hotkey", "Too little stake",
        "The miner's memory after all this",
    ];

    [Fact]
    public async Task Demo_Json_EveryStepHoldsInOrder()
    {
        var (exitCode, output, errors) = await MinerProcess.RunAsync(["demo", "--json"], patience: Patience);

        var records = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal("", errors);
        Assert.Equal(Steps, records.Select(record => record.GetProperty("name").GetString()));
        Assert.All(records, record => Assert.True(record.GetProperty("ok").GetBoolean(), record.ToString()));
        Assert.All(records, record => Assert.True(record.GetProperty("seconds").GetDouble() >= 0));
        Assert.Equal(Enumerable.Range(1, Steps.Length), records.Select(record => record.GetProperty("step").GetInt32()));
        Assert.Equal(0, exitCode);
    }

    [Fact]
    public async Task Demo_WithoutDocker_StopsAtTheFirstStepWithTheRemedy()
    {
        var (exitCode, output, errors) = await MinerProcess.RunAsync(
            ["demo", "--json"], new Dictionary<string, string?> { ["DOCKER_HOST"] = "unix:///nonexistent/docker.sock" });

        var record = JsonDocument.Parse(Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries))).RootElement;
        Assert.Equal("Docker answers", record.GetProperty("name").GetString());
        Assert.False(record.GetProperty("ok").GetBoolean());
        Assert.Contains("/nonexistent/docker.sock", errors, StringComparison.Ordinal);
        Assert.Contains("nstall", errors, StringComparison.Ordinal);
        Assert.Equal(1, exitCode);
    }

    [Fact]
    public async Task Demo_InterruptedWhileRented_LeavesNoContainer()
    {
        await using var demo = MinerProcess.Start(["demo", "--json"]);
        var miner = JsonDocument.Parse(await demo.WaitForLineAsync("\"Wallet made\"", Patience)).RootElement.GetProperty("seen").GetString()!;
        var hotkey = Bittensor.Keys.Hotkey.Parse(miner.Split(' ')[1]);
        await demo.WaitForLineAsync("\"Log in with the new key\"", Patience);
        using var engine = new DockerEngine(
            new ContainerOptions { Instance = MinerInstance.Of(hotkey) }, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);
        Assert.Single(await engine.ListAsync(TestContext.Current.CancellationToken));

        demo.Interrupt();

        Assert.Equal(1, await demo.WaitForExitAsync());
        Assert.Empty(await engine.ListAsync(TestContext.Current.CancellationToken));
    }
}
