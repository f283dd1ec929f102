using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Bittensor.Dendrite;
using ComputeMiner.Containers;
using ComputeMiner.Validator;

namespace Scenarios;

/// <summary>
/// Request to SSH greeting of an allocation through the real miner, with a container kept ahead and without, and without the limit
/// on its disk too, in turn with a bare <c>docker run</c> of the same image to its greeting. All greetings are read through a published port by the same probe.
/// </summary>
static class AllocateScenario
{
    public static async Task RunAsync(MinerBuild build, int rounds, CancellationToken cancellation)
    {
        await using var with = await ScenarioWorld.CreateAsync(build, cancellation);
        await using var without = await ScenarioWorld.CreateAsync(build, cancellation);
        await using var unlimited = await ScenarioWorld.CreateAsync(build, cancellation);
        with.StartMiner();
        without.StartMiner(spare: false);
        unlimited.StartMiner(spare: false, disk: "off");
        await with.WaitUntilReadyAsync(cancellation);
        await without.WaitUntilReadyAsync(cancellation);
        await unlimited.WaitUntilReadyAsync(cancellation);
        using var caller = new DendriteClient(with.Network.Validator, new DendriteOptions());
        using var otherCaller = new DendriteClient(without.Network.Validator, new DendriteOptions());
        using var thirdCaller = new DendriteClient(unlimited.Network.Validator, new DendriteOptions());
        await using var bare = new BareContainer();
        var (warm, cold, diskless) = (new AllocationDurations(), new AllocationDurations(), new AllocationDurations());
        var (plain, check) = (new Durations(), new Durations());
        for (var round = 0; round <= rounds; round++)
        {
            await with.UntilSpareAsync(cancellation);
            var fast = await AllocateAsync(with, caller, bare, cancellation);
            // The next spare is made behind the answer; it is not to weigh on what is measured next.
            await with.UntilSpareAsync(cancellation);
            var slow = await AllocateAsync(without, otherCaller, bare, cancellation);
            var unheld = await AllocateAsync(unlimited, thirdCaller, bare, cancellation);
            var run = await bare.RunAsync(cancellation);
            // The first round warms up all of them.
            if (round == 0)
                continue;
            warm.Add(fast);
            cold.Add(slow);
            diskless.Add(unheld);
            plain.Add(run);
        }
        using var key = RSA.Create(2048);
        var session = new ValidatorSession(caller, with.Target, key);
        for (var round = 0; round < 200; round++)
        {
            var start = Stopwatch.GetTimestamp();
            await session.CheckAsync(cancellation);
            check.Add(Stopwatch.GetElapsedTime(start));
        }
        var table = new MarkdownTable("Allocation, beside a bare docker run of the same image", "what", "median", "fastest", "slowest", "rounds");
        warm.AddTo(table, "with a spare container");
        cold.AddTo(table, "without one");
        diskless.AddTo(table, "without one, nor a limit on the disk");
        table.Add(["`docker run -d -p` to greeting", .. plain.ToCells()]);
        table.Add(["check: request to answer, caller's side, one connection", .. check.ToCells("0.00")]);
        table.Print();
        Console.WriteLine();
        Ratio("with a spare container", warm.Greeting.Median / plain.Median);
        Ratio("without one", cold.Greeting.Median / plain.Median);
        Ratio("without one, nor a limit on the disk", diskless.Greeting.Median / plain.Median);
    }

    static void Ratio(string what, double ratio) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"allocate {what} / docker run, both to the greeting (medians): **{ratio:0.00}**"));

    static async Task<(TimeSpan Answer, TimeSpan Greeting, TimeSpan Release)> AllocateAsync(
        ScenarioWorld world, DendriteClient dendrite, BareContainer bare, CancellationToken cancellation)
    {
        using var key = RSA.Create(2048);
        var session = new ValidatorSession(dendrite, world.Target, key);
        await UntilFreeAsync(session, cancellation);
        var start = Stopwatch.GetTimestamp();
        var granted = await session.AllocateAsync(1, "", testing: false, cancellation);
        var answer = Stopwatch.GetElapsedTime(start);
        if (granted.Synapse.Output.Status != true)
            throw new InvalidOperationException($"The allocation was refused: {granted.StatusCode} {granted.StatusMessage}.");
        await SshReadiness.WaitAsync(world.SshPort, _ => Task.CompletedTask, TimeProvider.System, cancellation);
        var greeting = Stopwatch.GetElapsedTime(start);
        await bare.UseImageOfAsync((await world.ContainersAsync(cancellation)).Single().Id, cancellation);

        start = Stopwatch.GetTimestamp();
        var returned = await session.DeallocateAsync(cancellation);
        var release = Stopwatch.GetElapsedTime(start);
        if (returned.Synapse.Output.Status != true)
            throw new InvalidOperationException($"The deallocation was refused: {returned.StatusCode} {returned.StatusMessage}.");
        await UntilFreeAsync(session, cancellation);
        return (answer, greeting, release);
    }

    static async Task UntilFreeAsync(ValidatorSession session, CancellationToken cancellation)
    {
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while ((await session.CheckAsync(cancellation)).Synapse.Output.Status != true)
            await pause.WaitForNextTickAsync(cancellation);
    }
}
