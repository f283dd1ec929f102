using System.Globalization;

namespace Scenarios;

/// <summary>
/// A million checks and refusals in ten loads, and the miner's memory after and during each. What stands there after a load depends on how long
/// ago garbage was collected, and the highest value on how busy the machine was; the median shows whether anything is kept.
/// </summary>
static class SoakScenario
{
    const int Loads = 10;
    const int Requests = 100_000;
    const int Connections = 16;

    static readonly TimeSpan Sample = TimeSpan.FromMilliseconds(100);

    public static async Task RunAsync(MinerBuild build, CancellationToken cancellation)
    {
        await using var world = await ScenarioWorld.CreateAsync(build, cancellation);
        world.StartMiner();
        await world.WaitUntilReadyAsync(cancellation);
        var table = new MarkdownTable("Resident memory over a million requests", "requests", "VmRSS after", "median during", "highest during", "median since the first 100,000");
        table.Add("0", MiB(world.Miner.ResidentBytes()), "", "", "");
        var first = 0L;
        for (var load = 1; load <= Loads; load++)
        {
            // Every fifth request is one that is refused: both ways through the gate are taken.
            var samples = await SampleAsync(world, async () =>
            {
                await SendAsync(world, ChecksScenario.Validator, 200, Requests * 4 / 5, cancellation);
                await SendAsync(world, ChecksScenario.Stranger, 403, Requests / 5, cancellation);
            });
            var median = samples[samples.Count / 2];
            first = load == 1 ? median : first;
            table.Add(
                (load * Requests).ToString("#,0", CultureInfo.InvariantCulture), MiB(world.Miner.ResidentBytes()), MiB(median), MiB(samples[^1]),
                string.Create(CultureInfo.InvariantCulture, $"{100.0 * (median - first) / first:+0.0;-0.0;0} %"));
        }
        table.Print();
    }

    /// <returns>Resident memory at even times during the load, in rising order.</returns>
    static async Task<List<long>> SampleAsync(ScenarioWorld world, Func<Task> load)
    {
        var loading = load();
        using var often = new PeriodicTimer(Sample);
        var samples = new List<long> { world.Miner.ResidentBytes() };
        while (!loading.IsCompleted && await often.WaitForNextTickAsync())
            samples.Add(world.Miner.ResidentBytes());
        await loading;
        samples.Sort();
        return samples;
    }

    static async Task SendAsync(ScenarioWorld world, string caller, int expected, int requests, CancellationToken cancellation)
    {
        var result = await LoadGenerator.RunApartAsync(new LoadPlan(world.Target, caller, Connections, 1, 0, requests), cancellation);
        if (result.Statuses.Keys.Any(status => status != expected))
            throw new InvalidOperationException($"Not every answer was {expected}: {string.Join(", ", result.Statuses)}.");
    }

    static string MiB(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024):0.0} MiB");
}
