using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json.Serialization;
using ComputeMiner.Configuration;
using ComputeMiner.Demo;
using ComputeMiner.Drill;
using Microsoft.Extensions.Logging.Abstractions;

namespace ComputeMiner.Cli;

/// <summary>Kills a real miner at each step of an allocation's life, takes engine and disk from under it, and shows that nothing is lost.</summary>
sealed class DrillCommand : CliCommand
{
    static readonly CommandFlag<bool> ListFlag = new("list", ValueKinds.Switch, false, "Print the points and end.");
    static readonly CommandFlag<int> RoundsFlag =
        new("rounds", ValueKinds.Integer(1, 100_000), 0, "This many points at random instead of each once.");

    static readonly CommandFlag<int> SeedFlag = new("seed", ValueKinds.Integer(1, int.MaxValue), 1, "Which random points.");

    public override string Name => "drill";

    public override string Summary => "Kill a miner of its own at each step of a rental, and show that nothing is lost.";

    public override string Example => "miner drill --rounds 200 --seed 7";

    public override IEnumerable<Setting> Settings => SettingTable.Group("container.docker");

    public override ImmutableArray<CommandFlag> Flags => [ListFlag, RoundsFlag, SeedFlag];

    public override bool PrintsData => true;

    // Mishaps of the engine itself, and of a disk: never the machine's own.
    static IEnumerable<DrillMishap> OnStage => Enum.GetValues<DrillMishap>().Where(mishap => mishap != DrillMishap.StateLost);

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        if (context.Get(ListFlag))
        {
            foreach (var point in DrillPoint.All)
                Print(context, DrillRecord.Of(point));
            foreach (var mishap in Enum.GetValues<DrillMishap>())
                Print(context, DrillRecord.Of(mishap));
            return ExitCode.Good;
        }
        using var directory = new DemoDirectory(keep: false);
        try
        {
            if (DrillStage.IsEntered)
                await RunOnStageAsync(context, directory, cancellation);
            else
                await RunAsync(context, directory, cancellation);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            throw new CommandFailedException(
                directory.KeepIfUsed() ? $"{fault.Message}\nLogs and state are kept in {directory.Root}." : fault.Message);
        }
        return ExitCode.Good;
    }

    static async Task RunAsync(CommandContext context, DemoDirectory directory, CancellationToken cancellation)
    {
        var drawn = context.Get(RoundsFlag) is > 0 and var rounds ? DrillPoint.Draw(rounds, context.Get(SeedFlag)) : DrillPoint.Distinct;
        await using (var machine = await DrillMachine.StartAsync(directory, context.Options.Container.Endpoint, null, NullLoggerFactory.Instance, cancellation))
        {
            using var scenario = new DrillScenario(machine);
            foreach (var point in drawn)
                await RunAsync(context, DrillRecord.Of(point), () => scenario.RunAsync(point, cancellation));
            await RunAsync(context, DrillRecord.Of(DrillMishap.StateLost), () => scenario.RunAsync(DrillMishap.StateLost, null, null, cancellation));
        }
        var played = drawn.Length + 1;
        if (context.Get(RoundsFlag) == 0)
            played += await TryStageAsync(context, cancellation);
        if (!context.Json)
            context.Console.Out.WriteLine($"{played} deaths and mishaps, nothing lost.");
    }

    static async Task<int> TryStageAsync(CommandContext context, CancellationToken cancellation)
    {
        if (DrillStage.Obstacle is { } obstacle)
        {
            foreach (var mishap in OnStage)
                Print(context, DrillRecord.Of(mishap) with { Seen = $"left out: {obstacle}" });
            return 0;
        }
        string[] arguments = ["drill", "--container.docker", context.Options.Container.Endpoint.ToString(), .. context.Json ? ["--json"] : Array.Empty<string>()];
        context.Console.Out.Flush();
        if (await DrillStage.EnterAsync(arguments, cancellation) != ExitCode.Good)
            throw new CommandFailedException("A mishap of the Docker Engine or of the disk cost something; it is named above.");
        return OnStage.Count();
    }

    static async Task RunOnStageAsync(CommandContext context, DemoDirectory directory, CancellationToken cancellation)
    {
        await DrillStage.SetUpAsync(cancellation);
        await using var disk = new DrillDisk(directory.State);
        await disk.MountAsync();
        await using var docker = await DrillDocker.StartAsync(
            Path.Combine(directory.Root, "docker"), context.Options.Container.Endpoint, NullLoggerFactory.Instance, cancellation);
        await using var machine = await DrillMachine.StartAsync(directory, docker.Endpoint, docker.SearchPath, NullLoggerFactory.Instance, cancellation);
        using var scenario = new DrillScenario(machine);
        foreach (var mishap in OnStage)
            await RunAsync(context, DrillRecord.Of(mishap), () => scenario.RunAsync(mishap, docker, disk, cancellation));
    }

    static async Task RunAsync(CommandContext context, DrillRecord record, Func<Task<string>> round)
    {
        var watch = Stopwatch.StartNew();
        try
        {
            record = record with { Seen = await round(), Ok = true };
        }
        catch (InvalidOperationException broken)
        {
            record = record with { Seen = broken.Message, Ok = false };
        }
        Print(context, record with { Seconds = Math.Round(watch.Elapsed.TotalSeconds, 2) });
        if (record.Ok == false)
            throw new CommandFailedException($"{record.Deed}, {record.Side} {record.Step}: {record.Seen}");
    }

    static void Print(CommandContext context, DrillRecord record)
    {
        if (context.Json)
            context.WriteJson(record, DrillJson.Default.DrillRecord);
        else
            context.Console.Out.WriteLine($"{record.Ok switch { true => "ok    ", false => "BROKEN", null => "" }} {record.Deed,-22} {record.Side,-7} {record.Step,-15} {record.Seen}");
    }
}

/// <summary>One line of <c>miner drill --json</c>; a listed point has no result.</summary>
sealed record DrillRecord(string Deed, string Side, string Step, bool? Ok = null, double? Seconds = null, string? Seen = null)
{
    public static DrillRecord Of(DrillMishap mishap) => new(mishap.ToString(), "while", mishap == DrillMishap.DockerKilledAllocating ? "Allocating" : "Rented");

    public static DrillRecord Of(DrillPoint point) => new(point.Deed.ToString(), point.After ? "after" : "before", point.Step.ToString());
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DrillRecord))]
sealed partial class DrillJson : JsonSerializerContext;
