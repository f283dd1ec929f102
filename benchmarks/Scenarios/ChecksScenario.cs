using System.Globalization;

namespace Scenarios;

/// <summary>
/// Signed Allocate checks and refusals per second over 16 connections to a miner that has one core for itself, beside what signature
/// verification alone makes of that core, in turn.
/// </summary>
static class ChecksScenario
{
    const int Connections = 16;
    const int WarmUp = 4_000;
    const int Requests = 24_000;
    const int Rounds = 9;

    // DemoNetwork's callers: only dev accounts, whose secrets everybody knows.
    public const string Validator = "//Alice//validator";
    public const string Stranger = "//Eve//stranger";

    public static async Task RunAsync(MinerBuild build, CancellationToken cancellation)
    {
        await using var world = await ScenarioWorld.CreateAsync(build, cancellation);
        world.StartMiner(cores: Cores.First);
        await world.WaitUntilReadyAsync(cancellation);
        await LoadAsync(world, Validator, expected: 200, cancellation);

        var rates = new MarkdownTable(
            "Requests per second, 16 connections, the miner on one core and its callers on the others", "what", "per second", "p50", "p99", "slowest", "CPU each");
        var ratios = new MarkdownTable("The same as ratios of each round", "verification alone to check", "by rate", "by CPU");
        for (var round = 1; round <= Rounds; round++)
        {
            var before = VerificationRate.Measure(Cores.First);
            var (checks, checkCost) = await LoadAsync(world, Validator, expected: 200, cancellation);
            // Before and after: what others on the machine take changes from second to second.
            var after = VerificationRate.Measure(Cores.First);
            (double PerSecond, double Cost) alone = ((before.PerSecond + after.PerSecond) / 2, (before.Cost + after.Cost) / 2);
            var (refusals, refusalCost) = await LoadAsync(world, Stranger, expected: 403, cancellation);
            rates.Add(["verification alone", Rate(alone.PerSecond), "", "", "", Us(alone.Cost)]);
            rates.Add(["signed Allocate check, answered 200", .. Cells(checks), Us(checkCost)]);
            rates.Add(["unadmitted hotkey, refused 403", .. Cells(refusals), Us(refusalCost)]);
            ratios.Add($"round {round}", Percent(checks.PerSecond / alone.PerSecond), Percent(alone.Cost / checkCost));
        }
        rates.Print();
        ratios.Print();
    }

    /// <returns>The result and the microseconds of CPU that the miner spent per request.</returns>
    static async Task<(LoadResult Result, double Cost)> LoadAsync(
        ScenarioWorld world, string caller, int expected, CancellationToken cancellation)
    {
        var before = world.Miner.ProcessorTime();
        var result = await LoadGenerator.RunApartAsync(new LoadPlan(world.Target, caller, Connections, 1, WarmUp, Requests), cancellation);
        var cost = (world.Miner.ProcessorTime() - before).TotalMicroseconds / (WarmUp + Requests);
        if (result.Statuses.Keys.Any(status => status != expected))
            throw new InvalidOperationException($"Not every answer was {expected}: {string.Join(", ", result.Statuses)}.");
        return (result, cost);
    }

    static string[] Cells(LoadResult load) => [Rate(load.PerSecond), Ms(load.Median), Ms(load.P99), Ms(load.Slowest)];

    static string Rate(double value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    static string Ms(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:0.00} ms");

    static string Us(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:0.0} µs");

    static string Percent(double value) => string.Create(CultureInfo.InvariantCulture, $"{value * 100:0} %");
}
