using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ComputeMiner.Configuration;
using ComputeMiner.Gpus;

namespace ComputeMiner.Cli;

/// <summary>What the miner sees of the GPUs, and the operator's word that an error was dealt with.</summary>
sealed class GpusCommand : CliCommand
{
    static readonly CommandFlag<bool> Clear = new("clear", ValueKinds.Switch, false,
        "The GPU errors that are there were dealt with: hand the machine out again.");

    public override string Name => "gpus";

    public override string Summary => "Shows the GPUs of this machine, who uses them and their errors.";

    public override string Example => "miner gpus --container.gpus 0,1";

    public override IEnumerable<Setting> Settings => SettingTable.Group("container.gpus").Concat(SettingTable.Group("state.dir"));

    public override ImmutableArray<CommandFlag> Flags => [Clear];

    public override bool PrintsData => true;

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        var errors = new XidLog(context.Options.StateDirectory);
        IReadOnlyList<Gpu> found;
        try
        {
            if (context.Get(Clear))
                errors.Clear();
            found = await new GpuInventory().ReadAsync(cancellation);
            var chosen = context.Options.Container.GpuSelection.Choose(found);
            var seen = errors.Read();
            foreach (var gpu in found)
                Print(context, new GpuEntry(gpu, chosen.Contains(gpu.Uuid), [.. seen.Where(error => error.Pci == gpu.Pci).Select(error => error.Line)]));
        }
        catch (Exception fault) when (fault is GpuReadException or FormatException or IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException(fault.Message);
        }
        if (found.Count == 0 && !context.Json)
            context.Console.Error.WriteLine("There is no NVIDIA GPU, or its driver is not installed.");
        return ExitCode.Good;
    }

    static void Print(CommandContext context, GpuEntry entry)
    {
        if (context.Json)
        {
            context.WriteJson(entry, GpusJson.Default.GpuEntry);
            return;
        }
        var gpu = entry.Gpu;
        var users = gpu.Processes.Count == 0 ? "no process" : $"processes {string.Join(", ", gpu.Processes)}";
        context.Console.Out.WriteLine(
            $"{gpu.Index}  {gpu.Uuid}  {gpu.Name}  {gpu.Used >> 20} of {gpu.Memory >> 20} MiB in use, {users}{(gpu.IsMig ? ", in MIG mode" : "")}{(entry.HandedOut ? "" : ", not handed out")}");
        foreach (var error in entry.Errors)
            context.Console.Out.WriteLine($"   {error}");
    }
}

/// <summary>One GPU as the command shows it.</summary>
sealed record GpuEntry(Gpu Gpu, bool HandedOut, IReadOnlyList<string> Errors);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(GpuEntry))]
sealed partial class GpusJson : JsonSerializerContext;
