using System.Collections.Concurrent;
using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace ComputeMiner.Tests.Allocations.Model;

/// <summary>
/// The same lives of a machine on real Docker. A failure prints the shortest sequence found and its seed, as in
/// <see cref="AllocationModelTests"/>; the plots are apart from each other, so that a seed repeats one sequence alone.
/// </summary>
[Trait("Needs", "Docker")]
public sealed class AllocationModelOnDockerTests
{
    const int Sequences = 200;
    const int Plots = 3;

    [Fact]
    public async Task AnySequence_OnDocker_KeepsTheRenter()
    {
        using var plots = new BlockingCollection<DockerPlot>();
        try
        {
            for (var number = 0; number < Plots; number++)
                plots.Add(await DockerPlot.CreateAsync(number), TestContext.Current.CancellationToken);

            await Task.Run(
                () => HappeningGen.Sequence(3, 6).Sample(
                    sequence => RunAsync(plots, sequence).GetAwaiter().GetResult(),
                    iter: Environment.GetEnvironmentVariable("CsCheck_Iter") is null ? Sequences : -1,
                    threads: Plots,
                    print: sequence => string.Join("\n", sequence)),
                TestContext.Current.CancellationToken);

            Assert.All(plots, plot => Assert.True(plot.IsForeignUntouchedAsync().GetAwaiter().GetResult()));
        }
        finally
        {
            foreach (var plot in plots)
                await plot.DisposeAsync();
        }
    }

    internal static async Task<bool> RunAsync(DockerPlot plot, Happening[] sequence)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        using var machine = new ModelMachine(await DockerWorld.BeginAsync(plot), time);
        await new MachineModel(machine).RunAsync(sequence);
        return true;
    }

    static async Task<bool> RunAsync(BlockingCollection<DockerPlot> plots, Happening[] sequence)
    {
        var plot = plots.Take();
        try
        {
            return await RunAsync(plot, sequence);
        }
        finally
        {
            plots.Add(plot);
        }
    }
}
