using System.Text.Json.Nodes;
using Bittensor.Keys;
using ComputeMiner.Registry;
using DevNet;

namespace ComputeMiner.Demo;

/// <summary>What validators read of the miner in the demo's registry.</summary>
sealed class DemoRegistryView(DevRegistry registry, Hotkey miner)
{
    /// <summary>Waits until the miner's run is running, signed, and shows who has the machine.</summary>
    /// <param name="allocatedTo">The hotkey that allocated it; null when it must be free.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>What was seen.</returns>
    public async Task<string> ExpectAsync(Hotkey? allocatedTo, CancellationToken cancellation)
    {
        await Demand.SoonAsync(
            () => Task.FromResult(registry.Runs.Any(run => IsOurs(run, allocatedTo?.ToString()))),
            allocatedTo is null ? "the registry does not show the machine as free" : "the registry does not show the machine as rented",
            cancellation);
        var run = registry.Runs.First(run => IsOurs(run, allocatedTo?.ToString()));
        return $"run {run.Name} {run.State}, signature verified, allocated: {allocatedTo?.ToString() ?? "null"}";
    }

    bool IsOurs(DevRegistryRun run, string? allocatedTo) =>
        run.State == "running"
        && JsonNode.Parse(run.Config) is JsonObject config
        && RunDocument.Text(config, "hotkey") == miner.ToString()
        && RunDocument.Text(config, "signature") is { } signature && RunSignature.Verify(miner, run.Name, signature)
        && RunDocument.Text(config, "allocated") == allocatedTo;
}
