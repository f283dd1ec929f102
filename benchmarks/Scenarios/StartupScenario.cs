using System.Diagnostics;
using System.Security.Cryptography;
using Bittensor.Dendrite;
using ComputeMiner.Validator;

namespace Scenarios;

/// <summary>
/// From the start of the miner's process to the first ping and the first check that are answered 200. Chain and Docker run on this
/// machine, the container image is there.
/// </summary>
static class StartupScenario
{
    static readonly TimeSpan Between = TimeSpan.FromMilliseconds(2);

    public static async Task RunAsync(MinerBuild build, int runs, CancellationToken cancellation)
    {
        await using var world = await ScenarioWorld.CreateAsync(build, cancellation);
        world.StartMiner();
        await world.WaitUntilReadyAsync(cancellation);
        await world.StopMinerAsync();
        var (ping, check) = (new Durations(), new Durations());
        for (var run = 0; run <= runs; run++)
        {
            var (toPing, toCheck) = await MeasureAsync(world, cancellation);
            // The first one warms up this side.
            if (run == 0)
                continue;
            ping.Add(toPing);
            check.Add(toCheck);
        }
        var table = new MarkdownTable("Cold start", "from process start to", "median", "fastest", "slowest", "runs");
        table.Add(["first ping answered 200", .. ping.ToCells()]);
        table.Add(["first check answered 200", .. check.ToCells()]);
        table.Print();
    }

    static async Task<(TimeSpan Ping, TimeSpan Check)> MeasureAsync(ScenarioWorld world, CancellationToken cancellation)
    {
        using var dendrite = new DendriteClient(world.Network.Validator, new DendriteOptions());
        using var key = RSA.Create(2048);
        var session = new ValidatorSession(dendrite, world.Target, key);
        var start = Stopwatch.GetTimestamp();
        world.StartMiner();
        await UntilAsync(async () => (await session.PingAsync(cancellation)).HttpStatus == 200, cancellation);
        var ping = Stopwatch.GetElapsedTime(start);
        await UntilAsync(async () => (await session.CheckAsync(cancellation)).HttpStatus == 200, cancellation);
        var check = Stopwatch.GetElapsedTime(start);
        await world.StopMinerAsync();
        return (ping, check);
    }

    static async Task UntilAsync(Func<Task<bool>> condition, CancellationToken cancellation)
    {
        using var pause = new PeriodicTimer(Between);
        while (!await condition())
            await pause.WaitForNextTickAsync(cancellation);
    }
}
