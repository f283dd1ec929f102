using System.Text.Json.Serialization;
using ComputeMiner.Challenges;
using ComputeMiner.Configuration;
using ComputeMiner.Gpus;

namespace ComputeMiner.Cli;

/// <summary>How fast each device of this machine works on challenges.</summary>
sealed class ChallengeBenchCommand(TimeProvider time) : CliCommand
{
    public override string Name => "bench";

    public override string Summary => "Measure hash rates by device; best while nobody has the machine.";

    public override string Example => "miner challenge bench --json";

    public override IEnumerable<Setting> Settings => 
        SettingTable.Group("miner.hashcat").Concat(SettingTable.Group("container.gpus")).Concat(SettingTable.Group("state.dir"));

    public override bool PrintsData => true;

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        var settings = context.Options.Challenge;
        try
        {
            var program = await HashcatProgram.FindAsync(settings.HashcatPath, time, cancellation);
            var benchmark = new HashcatBenchmark(program, HashcatDirectory.Open(context.Options.StateDirectory, "bench"),
                await ChooseGpusAsync(context.Options, cancellation), time);
            var devices = await benchmark.ListDevicesAsync(cancellation);
            context.Console.Error.WriteLine($"hashcat {program.Version} sees {devices.Count} device{(devices.Count == 1 ? "" : "s")}");
            foreach (var mode in HashcatBenchmark.Modes)
            {
                context.Console.Error.WriteLine($"measuring mode {mode}; a device's first time takes a minute more, to compile …");
                Print(context, mode, devices, await benchmark.MeasureAsync(mode, settings.ExtendedOptions, cancellation));
            }
            return ExitCode.Good;
        }
        catch (HashcatException fault)
        {
            throw new CommandFailedException(fault.Message);
        }
    }

    // The miner works on challenges on these alone.
    static async Task<IReadOnlyList<string>?> ChooseGpusAsync(MinerOptions options, CancellationToken cancellation)
    {
        var selection = options.Container.GpuSelection;
        try
        {
            return GpuRoster.TryRead(options.StateDirectory, selection) ?? selection.Choose(await new GpuInventory().ReadAsync(cancellation));
        }
        catch (GpuReadException fault)
        {
            throw new CommandFailedException(fault.Message);
        }
        catch (FormatException fault)
        {
            throw new CommandFailedException(fault.Message);
        }
    }

    static void Print(CommandContext context, int mode, IReadOnlyList<HashcatDevice> devices, IReadOnlyDictionary<int, double> rates)
    {
        foreach (var (id, rate) in rates.OrderBy(pair => pair.Key))
        {
            var device = devices.FirstOrDefault(d => d.Id == id) ?? new HashcatDevice(id, "?", "?");
            if (context.Json)
                context.WriteJson(new ChallengeRate(id, device.Type, device.Name, mode, rate), ChallengeBenchJson.Default.ChallengeRate);
            else
                context.Console.Out.WriteLine($"device {id}  {device.Type}  {device.Name}  mode {mode}  {HashRate.Show(rate)}");
        }
    }
}

/// <summary>One measured rate.</summary>
/// <param name="Device">hashcat's number for the device.</param>
/// <param name="Type">CPU or GPU.</param>
/// <param name="Name">The device's name.</param>
/// <param name="Mode">hashcat's mode.</param>
/// <param name="HashesPerSecond">The rate.</param>
sealed record ChallengeRate(int Device, string Type, string Name, int Mode, double HashesPerSecond);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ChallengeRate))]
sealed partial class ChallengeBenchJson : JsonSerializerContext;
