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

        HappeningGen.Sequence(1, 14).Sample(
            sequence => RunAsync(sequence).GetAwaiter().GetResult(),
            iter: Environment.GetEnvironmentVariable("CsCheck_Iter") is null ? count : -1,
            threads: Environment.ProcessorCount,
            print: sequence => string.Join("\n", sequence));
    }

    static async Task<bool> RunAsync(Happening[] sequence)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        using var world = new SimulatedWorld(time);
        using var machine = new ModelMachine(world, time);
        await new MachineModel(machine).RunAsync(sequence);
        return true;
    }
}
