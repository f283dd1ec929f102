using System.Text.Json.Nodes;
using ComputeMiner.Allocations;
using ComputeMiner.Configuration;
using ComputeMiner.Containers;
using ComputeMiner.Control;
using ComputeMiner.Gpus;
using ComputeMiner.Specs;
using Microsoft.Extensions.Logging.Abstractions;

namespace ComputeMiner.Cli;

/// <summary>The hardware document exactly as it would be published now; publishes and keeps nothing.</summary>
sealed class SpecsCommand(TimeProvider time) : CliCommand
{
    public override string Name => "specs";

    public override string Summary => "Shows the hardware document as it would be published.";

    public override string Example => "miner specs --json";

    public override IEnumerable<Setting> Settings =>
        SettingTable.Group("container.gpus").Concat(SettingTable.Group("container.docker")).Concat(SettingTable.Group("state.dir"));

    public override bool PrintsData => true;

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        var (options, console) = (context.Options, context.Console);
        var state = options.StateDirectory;
        var (runs, rented) = await AskAsync(state, cancellation);
        using var engine = new DockerEngine(options.Container, time, NullLoggerFactory.Instance);
        var selection = options.Container.GpuSelection;
        // A running miner goes on with what it settled on; a start settles anew.
        var probes = SpecsProbes.Of(
            new GpuInventory(), found => (runs ? GpuRoster.TryRead(state, selection) : null) ?? GpuRoster.Expect(state, selection, found), engine,
            // Only the running miner sees a renter come while it measures.
            runs ? null : state);
        using var source = new SpecsSource(probes, new SpecsFile(state).Read(), null, () => rented, time, NullLogger.Instance);
        await source.RefreshAsync(cancellation);
        var (document, status) = (source.Current, source.Status);
        if (document is not null && context.Json)
            console.Out.WriteLine(document.ToJsonString());
        else if (document is not null)
            Show(document, "", console);
        if (rented)
            console.Error.WriteLine("Somebody has the machine: GPUs and speeds are those of the last good document.");
        foreach (var part in status.Kept)
            console.Error.WriteLine($"{part.Name}: {part.Reason}");
        return document is not null ? ExitCode.Good
            : throw new CommandFailedException("There is nothing to publish: a part was never read, see above. `miner doctor` tells more.");
    }

    static void Show(JsonObject part, string prefix, CliConsole console)
    {
        foreach (var (name, value) in part)
        {
            if (value is JsonObject inner)
                Show(inner, $"{prefix}{name}.", console);
            else if (value is JsonArray list)
                for (var i = 0; i < list.Count; i++)
                    Show(list[i]!.AsObject(), $"{prefix}{name}[{i}].", console);
            else
                console.Out.WriteLine($"{prefix + name,-26} {value?.ToJsonString()}{Unit(prefix, name)}");
        }
    }

    static string Unit(string prefix, string name) => (prefix, name) switch
    {
        ("cpu.", "frequency") or ("gpu.", "graphics_speed" or "memory_speed") => " MHz",
        (_, "read_speed" or "write_speed") => " MiB/s",
        (_, "capacity") => " MiB",
        ("ram." or "hard_disk.", _) => " bytes",
        _ => "",
    };

    /// <summary>Whether a miner runs, and whether somebody has the machine: the running miner knows, without one the ledger does.</summary>
    static async Task<(bool Runs, bool Rented)> AskAsync(string state, CancellationToken cancellation)
    {
        try
        {
            if (await ControlClient.AskAsync(state, new ControlRequest(ControlRequest.Holder), cancellation) is { } reply)
                return (true, reply.Held is not null);
            if (!File.Exists(Path.Combine(state, AllocationLedger.FileName)))
                return (false, false);
            using var ledger = AllocationLedger.Open(state);
            return (false, ledger.Read() is not null);
        }
        catch (Exception fault) when (fault is ControlException or LedgerException)
        {
            throw new CommandFailedException(fault.Message);
        }
    }
}
