using System.Collections.Concurrent;
using System.Globalization;
using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace ComputeMiner.Tests.Allocations.Model;

/// <summary>
/// Plays generated sequences on plots, every other one with a container kept ahead. The same ones each time, so that a change is judged by what it changed; others with <c>./test --long</c>,
/// or with the seed in MODEL_SEED, which a failure names.
/// </summary>
static class DockerLives
{
    const ulong Usual = 27;

    static readonly ulong Seed = Environment.GetEnvironmentVariable("MODEL_SEED") is { Length: > 0 } chosen ? ulong.Parse(chosen, CultureInfo.InvariantCulture)
        : Environment.GetEnvironmentVariable("TEST_LONG") is null ? Usual
        : (ulong)Random.Shared.NextInt64();

    /// <summary>Each plot plays the next sequence until all are played or one failed.</summary>
    public static async Task PlayAsync(Gen<Happening[]> gen, int count, IReadOnlyCollection<DockerPlot> plots)
    {
        var pcg = new PCG(1, Seed);
        var sequences = new ConcurrentQueue<(int Number, Happening[] Sequence)>(
            Enumerable.Range(1, count).Select(number => (number, gen.Generate(pcg, null, out _))).ToList());
        await Task.WhenAll(plots.Select(plot => Task.Run(async () =>
        {
            while (sequences.TryDequeue(out var next))
            {
                try
                {
                    await PlayAsync(next.Sequence, plot, keepsSpare: next.Number % 2 == 0);
                }
                catch (Exception fault)
                {
                    sequences.Clear();
                    throw new BrokenPromiseException($"Sequence {next.Number} of MODEL_SEED={Seed}: {string.Join("; ", next.Sequence.AsEnumerable())}. {fault}");
                }
            }
        })));
    }

    static async Task PlayAsync(Happening[] sequence, DockerPlot plot, bool keepsSpare)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        using var machine = new ModelMachine(await DockerWorld.BeginAsync(plot), time, keepsSpare);
        await new MachineModel(machine).RunAsync(sequence);
    }
}
