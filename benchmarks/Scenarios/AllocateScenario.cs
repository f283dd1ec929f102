using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Bittensor.Dendrite;
using ComputeMiner.Containers;
using ComputeMiner.Validator;

namespace Scenarios;

/// <summary>
/// Request to SSH greeting of an allocation through the real miner, in turn with a bare <c>docker run</c> of the same image to its
/// greeting. Both greetings are read through a published port by the same probe.
/// </summary>
static class AllocateScenario
{
    public static async Task RunAsync(MinerBuild build, int rounds, CancellationToken cancellation)
    {
        await using var world = await ScenarioWorld.CreateAsync(build, cancellation);
        world.StartMiner();
        await world.WaitUntilReadyAsync(cancellation);
        using var dendrite = new DendriteClient(world.Network.Validator, new DendriteOptions());
        await using var bare = new BareContainer();
        var (answer, greeting, release, plain) = (new Durations(), new Durations(), new Durations(), new Durations());
        for (var round = 0; round <= rounds; round++)
        {
            var allocation = await AllocateAsync(world, dendrite, bare, cancellation);
            var run = await bare.RunAsync(cancellation);
            // The first round warms up both.
            if (round == 0)
                continue;
            answer.Add(allocation.Answer);
            greeting.Add(allocation.Greeting);
            release.Add(allocation.Release);
            plain.Add(run);
        }
        var table = new MarkdownTable("Allocation, beside a bare docker run of the same image", "what", "median", "fastest", "slowest", "rounds");
        table.Add(["allocate: request to answer", .. answer.ToCells()]);
        table.Add(["allocate: request to the greeting read by the caller", .. greeting.ToCells()]);
        table.Add(["`docker run -d -p` to greeting", .. plain.ToCells()]);
        table.Add(["deallocate: request to answer", .. release.ToCells()]);
        table.Print();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"\nallocate / docker run, both to the greeting (medians): **{greeting.Median / plain.Median:0.00}**"));
    }

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
