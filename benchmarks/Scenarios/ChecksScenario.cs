using System.Globalization;

namespace Scenarios;

/// <summary>
/// Signed Allocate checks and refusals per second over 16 connections, beside what signature verification alone allows on the same
/// cores, and the miner's memory before and after.
/// </summary>
static class ChecksScenario
{
    const int Connections = 16;
    const int Depth = 8;
    const int WarmUp = 16_000;
    const int Requests = 100_000;

    // DemoNetwork's callers: only dev accounts, whose secrets everybody knows.
    public const string Validator = "//Alice//validator";
    public const string Stranger = "//Eve//stranger";

    public static async Task RunAsync(MinerBuild build, CancellationToken cancellation)
    {
        await using var world = await ScenarioWorld.CreateAsync(build, cancellation);
        world.StartMiner();
        await world.WaitUntilReadyAsync(cancellation);
        var idle = world.Miner.ResidentBytes();
        var one = VerificationRate.Measure(1);
        var two = VerificationRate.Measure(2);
        var (checks, checkCost) = await LoadAsync(world, Validator, depth: 1, expected: 200, cancellation);
        var (piped, pipedCost) = await LoadAsync(world, Validator, Depth, expected: 200, cancellation);
        var afterChecks = world.Miner.ResidentBytes();
        var (refusals, refusalCost) = await LoadAsync(world, Stranger, depth: 1, expected: 403, cancellation);

        var rates = new MarkdownTable("Requests per second, 16 connections", "what", "per second", "p50", "p99", "slowest", "CPU each");
        rates.Add(["signed Allocate check, answered 200", .. Cells(checks), Us(checkCost)]);
        rates.Add([$"the same, {Depth} pipelined on each connection", .. Cells(piped), Us(pipedCost)]);
        rates.Add(["unadmitted hotkey, refused 403", .. Cells(refusals), Us(refusalCost)]);
        rates.Add("verification alone, 1 thread", Rate(one.PerSecond), "", "", "", Us(one.Cost));
        rates.Add("verification alone, 2 threads", Rate(two.PerSecond), "", "", "", Us(two.Cost));
        rates.Print();

        var ratios = new MarkdownTable("The same as ratios of this run", "ratio", "value");
        ratios.Add("checks / verification alone, 1 thread", Percent(checks.PerSecond / one.PerSecond));
        ratios.Add("checks / verification alone, 2 threads", Percent(checks.PerSecond / two.PerSecond));
        ratios.Add($"pipelined checks / verification alone, 2 threads", Percent(piped.PerSecond / two.PerSecond));
        ratios.Add("CPU of one verification / the miner's CPU for one check", Percent(two.Cost / checkCost));
        ratios.Add("CPU of one verification / the miner's CPU for one pipelined check", Percent(two.Cost / pipedCost));
        ratios.Print();

        var memory = new MarkdownTable("Resident memory of the miner", "when", "VmRSS");
        memory.Add("ready, nothing asked yet", MiB(idle));
        memory.Add("after the checks", MiB(afterChecks));
        memory.Add("after checks and refusals", MiB(world.Miner.ResidentBytes()));
        memory.Print();
    }

    /// <returns>The result and the microseconds of CPU that the miner spent per request.</returns>
    static async Task<(LoadResult Result, double Cost)> LoadAsync(
        ScenarioWorld world, string caller, int depth, int expected, CancellationToken cancellation)
    {
        var before = world.Miner.ProcessorTime();
        var result = await LoadGenerator.RunApartAsync(new LoadPlan(world.Target, caller, Connections, depth, WarmUp, Requests), cancellation);
        var cost = (world.Miner.ProcessorTime() - before).TotalMicroseconds / (WarmUp + Requests);
        if (result.Statuses.Keys.Any(status => status != expected))
            throw new InvalidOperationException($"Not every answer was {expected}: {string.Join(", ", result.Statuses)}.");
        return (result, cost);
    }

    static string[] Cells(LoadResult load) => [Rate(load.PerSecond), Ms(load.Median), Ms(load.P99), Ms(load.Slowest)];

    static string Rate(double value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    static string Ms(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:0.00} ms");

    static string Us(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:0} µs");

    static string Percent(double value) => string.Create(CultureInfo.InvariantCulture, $"{value * 100:0} %");

    static string MiB(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024):0.0} MiB");
}
