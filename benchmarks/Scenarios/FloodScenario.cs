using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Bittensor.Dendrite;
using ComputeMiner.Validator;

namespace Scenarios;

/// <summary>
/// A validator that checks twenty times a second, on a kept connection and on new ones with new dendrites in turn, before and while
/// 5,000 pieces of junk a second arrive, a third of them from its own address.
/// </summary>
static class FloodScenario
{
    const int JunkPerSecond = 5_000;
    const int Seconds = 30;

    static readonly TimeSpan Between = TimeSpan.FromMilliseconds(50);
    static readonly TimeSpan Settle = TimeSpan.FromSeconds(2);

    public static async Task RunAsync(MinerBuild build, CancellationToken cancellation)
    {
        await using var world = await ScenarioWorld.CreateAsync(build, cancellation);
        world.StartMiner();
        await world.WaitUntilReadyAsync(cancellation);
        var calm = await CheckAsync(world, TimeSpan.FromSeconds(5), cancellation);
        var before = world.Miner.ResidentBytes();
        using var flood = Process.Start(new ProcessStartInfo(
            Environment.ProcessPath!,
            [
                "junk", world.Target.EndPoint.ToString(), world.Target.Hotkey.ToString(), world.Network.Validator.Hotkey.ToString(),
                JunkPerSecond.ToString(CultureInfo.InvariantCulture), (Seconds + 6).ToString(CultureInfo.InvariantCulture),
            ]) { RedirectStandardOutput = true })!;
        await Task.Delay(Settle, cancellation);
        var used = world.Miner.ProcessorTime();
        var flooded = await CheckAsync(world, TimeSpan.FromSeconds(Seconds), cancellation);
        var cores = (world.Miner.ProcessorTime() - used).TotalSeconds / Seconds;
        var after = world.Miner.ResidentBytes();
        var sent = await flood.StandardOutput.ReadToEndAsync(cancellation);
        await flood.WaitForExitAsync(cancellation);

        var table = new MarkdownTable("A validator's checks while junk arrives", "when", "checks", "lost", "p50", "p99", "slowest");
        table.Add(["calm", .. calm.ToCells()]);
        table.Add([$"{JunkPerSecond} junk requests per second", .. flooded.ToCells()]);
        table.Print();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"\nJunk sent: {sent.Trim()}. The miner used {cores:0.00} cores; VmRSS {before / 1048576.0:0.0} MiB before, {after / 1048576.0:0.0} MiB at the end."));
    }

    static async Task<CheckTimes> CheckAsync(ScenarioWorld world, TimeSpan duration, CancellationToken cancellation)
    {
        using var kept = new DendriteClient(world.Network.Validator, new DendriteOptions());
        using var key = RSA.Create(2048);
        using var timer = new PeriodicTimer(Between);
        var times = new CheckTimes();
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; Stopwatch.GetElapsedTime(start) < duration; i++)
        {
            using var fresh = new DendriteClient(world.Network.Validator, new DendriteOptions());
            var session = new ValidatorSession(i % 2 == 0 ? kept : fresh, world.Target, key);
            var sent = Stopwatch.GetTimestamp();
            var answer = await session.CheckAsync(cancellation);
            times.Add(Stopwatch.GetElapsedTime(sent), answer is { HttpStatus: 200, Synapse.Output.Status: true });
            await timer.WaitForNextTickAsync(cancellation);
        }
        return times;
    }
}
