namespace ComputeMiner.Tests.Allocations.Model;

/// <summary>The lives of <see cref="AllocationModelTests"/> on real Docker.</summary>
[Trait("Needs", "Docker")]
public sealed class AllocationModelOnDockerTests
{
    const int Sequences = 200;
    const int Plots = 3;

    [Fact]
    public async Task AnySequence_OnDocker_KeepsTheRenter()
    {
        var plots = new List<DockerPlot>();
        try
        {
            for (var number = 0; number < Plots; number++)
                plots.Add(await DockerPlot.CreateAsync(number));

            await DockerLives.PlayAsync(HappeningGen.Sequence(3, 6), Sequences, plots);

            Assert.All(plots, plot => Assert.True(plot.IsForeignUntouchedAsync().GetAwaiter().GetResult()));
        }
        finally
        {
            foreach (var plot in plots)
                await plot.DisposeAsync();
        }
    }
}
