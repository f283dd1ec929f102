using ComputeMiner.Drill;
using ComputeMiner.Tests.Containers;
using Microsoft.Extensions.Logging.Abstractions;

namespace ComputeMiner.Tests.Allocations.Model;

/// <summary>
/// The same lives of a machine on an engine that is really killed, in the middle of an allocation too: one of the test's own, in a network of
/// its own, which this program is started in once more.
/// </summary>
[Trait("Needs", "Docker")]
public sealed class AllocationModelOnDyingDockerTests
{
    const string Stage = "COMPUTEMINER_TESTS_MODEL_STAGE";
    const int Sequences = 8;
    const int Number = 9;

    static readonly Uri Shared = new("unix:///var/run/docker.sock");

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AnySequence_DockerdKilled_KeepsTheRenter()
    {
        if (Environment.GetEnvironmentVariable(Stage) is not null)
        {
            await PlayAsync();
            return;
        }
        var (code, output, errors) = await HostCommand.TryRunAsync("unshare",
        [
            "--net", "--", "env", $"{Stage}=1", Environment.ProcessPath!, "-noColor", "-noLogo", "-method",
            $"{typeof(AllocationModelOnDyingDockerTests).FullName}.{nameof(AnySequence_DockerdKilled_KeepsTheRenter)}",
        ]);

        Assert.True(code == 0 && output.Contains("Total: 1,", StringComparison.Ordinal), output + errors);
    }

    static async Task PlayAsync()
    {
        await DrillStage.SetUpAsync(Cancellation);
        using var directory = new TemporaryDirectory();
        await using var docker = await DrillDocker.StartAsync(directory.At("docker"), Shared, NullLoggerFactory.Instance, Cancellation);
        // This process's own: the miner's part in it finds the engine's service manager there.
        Environment.SetEnvironmentVariable("PATH", docker.SearchPath);
        await using var plot = await DockerPlot.CreateAsync(Number, docker);

        await DockerLives.PlayAsync(HappeningGen.Deadly(3, 5), Sequences, [plot]);

        Assert.True(await plot.IsForeignUntouchedAsync());
    }
}
