using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace ComputeMiner.Tests.Allocations.Model;

/// <summary>
/// Random lives of a machine against the model. A failure prints the shortest sequence found and the seed that repeats it: set the
/// environment variable CsCheck_Seed to that. CsCheck_Iter sets the number of sequences.
/// </summary>
public class AllocationModelTests
{
    const int Sequences = 10_000;
    const int LongSequences = 200_000;

    [Fact]
    public void AnySequence_OnTheSimulatedEngine_KeepsTheRenter()
    {
        var count = Environment.GetEnvironmentVariable("TEST_LONG") is null ? Sequences : LongSequences;

        Gen.Select(HappeningGen.Sequence(1, 14), Gen.Bool).Sample(
            life => RunAsync(life.Item1, life.Item2).GetAwaiter().GetResult(),
            iter: Environment.GetEnvironmentVariable("CsCheck_Iter") is null ? count : -1,
            threads: Environment.ProcessorCount,
            print: life => string.Join("\n", [life.Item2 ? "with a spare container" : "without one", .. life.Item1]));
    }

    static async Task<bool> RunAsync(Happening[] sequence, bool keepsSpare)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        using var world = new SimulatedWorld(time);
        using var machine = new ModelMachine(world, time, keepsSpare);
        await new MachineModel(machine).RunAsync(sequence);
        return true;
    }
}
