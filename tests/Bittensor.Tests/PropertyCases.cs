namespace Bittensor.Tests;

/// <summary>How many cases a property is tried with: a million in the long mode of the test command, else as many as a change can wait for.</summary>
static class PropertyCases
{
    public static int Count { get; } = Environment.GetEnvironmentVariable("TEST_LONG") is null ? 20_000 : 1_000_000;
}
