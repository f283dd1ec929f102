using System.Globalization;

namespace Scenarios;

/// <summary>A million checks and refusals in ten loads, and the miner's memory after each.</summary>
static class SoakScenario
{
    const int Loads = 10;
    const int Requests = 100_000;
    const int Connections = 16;

    public static async Task RunAsync(MinerBuild build, CancellationToken cancellation)
    {
        await using var world = await ScenarioWorld.CreateAsync(build, cancellation);
        world.StartMiner();
        await world.WaitUntilReadyAsync(cancellation);
        var table = new MarkdownTable("Resident memory over a million requests", "requests", "VmRSS", "since the first 100,000");
        table.Add("0", MiB(world.Miner.ResidentBytes()), "");
        var first = 0L;
        for (var load = 1; load <= Loads; load++)
        {
            // Every fifth request is one that is refused: both ways through the gate are taken.
            await SendAsync(world, ChecksScenario.Validator, 200, Requests * 4 / 5, cancellation);
            await SendAsync(world, ChecksScenario.Stranger, 403, Requests / 5, cancellation);
            var resident = world.Miner.ResidentBytes();
            first = load == 1 ? resident : first;
            table.Add(
                (load * Requests).ToString("#,0", CultureInfo.InvariantCulture), MiB(resident),
                string.Create(CultureInfo.InvariantCulture, $"{100.0 * (resident - first) / first:+0.0;-0.0;0} %"));
        }
        table.Print();
    }

    static async Task SendAsync(ScenarioWorld world, string caller, int expected, int requests, CancellationToken cancellation)
    {
        var result = await LoadGenerator.RunApartAsync(new LoadPlan(world.Target, caller, Connections, 1, 0, requests), cancellation);
        if (result.Statuses.Keys.Any(status => status != expected))
            throw new InvalidOperationException($"Not every answer was {expected}: {string.Join(", ", result.Statuses)}.");
    }

    static string MiB(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024):0.0} MiB");
}
