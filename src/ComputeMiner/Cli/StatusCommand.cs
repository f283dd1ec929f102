using ComputeMiner.Configuration;
using ComputeMiner.Dashboard;
using Spectre.Console;

namespace ComputeMiner.Cli;

/// <summary>What the running miner is doing.</summary>
sealed class StatusCommand : CliCommand
{
    const int ShownEvents = 8;

    public override string Name => "status";

    public override string Summary => "Show what the miner running on this machine is doing.";

    public override string Example => "miner status --json";

    public override IEnumerable<Setting> Settings => SettingTable.Group("admin");

    public override bool PrintsData => true;

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        var address = context.Options.Admin.Address;
        var status = await AdminClient.TryReadAsync(address, "/status", DashboardJson.Default.MinerStatus, cancellation);
        if (status?.IsWhole() != true)
            throw new CommandFailedException($"No miner answers at {address}. Start it with 'miner run', or name its address with --admin.address.");
        if (context.Json)
            context.WriteJson(status, DashboardJson.Default.MinerStatus);
        else
            Show(status);
        return status.Ready ? ExitCode.Good : ExitCode.Failed;
    }

    static string TimeLeft(RentalStatus rental)
    {
        var left = TimeSpan.FromSeconds(Math.Floor(rental.SecondsLeft ?? 0));
        return left.Days > 0 ? $"{left.Days} d {left.Hours} h" : left.ToString();
    }

    static void Show(MinerStatus status)
    {
        var table = new Table().Border(TableBorder.None).HideHeaders().AddColumns("", "");
        void Row(string name, string value) => table.AddRow(new Text(name), new Text(value));
        Row("miner", $"{status.Version}, running for {TimeSpan.FromSeconds(Math.Floor(status.UptimeSeconds))}");
        if (status.Updates is { } updates)
            UpdateLines.Write(updates, Row);
        Row("hotkey", status.Hotkey);
        Row("rental", status.Rental.AllocationId is null
            ? status.Rental.State
            : $"{status.Rental.State}: {status.Rental.Kind} {status.Rental.AllocationId} for {status.Rental.Caller}, ends {status.Rental.Expires:u}, {TimeLeft(status.Rental)} left");
        Row("drain", status.Draining ? "ON: nothing new is handed out" : "off");
        Row("spare", status.Spare ?? "none");
        foreach (var step in status.Startup.Where(step => !step.Done))
            Row("waits for", StepLine.Of(step, status.StartedAt + TimeSpan.FromSeconds(status.UptimeSeconds)));
        foreach (var component in status.Components)
            Row(component.Name.ToLowerInvariant(), (component.Ok ? "ok: " : "NOT OK: ") + component.Detail);
        Row("chain", status.Chain.Block is null ? "not read yet" : $"block {status.Chain.Block}, uid {status.Chain.Uid}, stake {status.Chain.Stake:0.##}, {status.Chain.Neurons} neurons");
        foreach (var job in status.Jobs)
            Row($"every {job.Interval}", JobLine.Of(job, status.StartedAt + TimeSpan.FromSeconds(status.UptimeSeconds)));
        foreach (var (name, count) in status.Requests)
            Row("requests", $"{name}: {count}");
        foreach (var refusal in status.Refusals)
            Row("refused", $"{refusal.Rule}: {refusal.Count}, last {refusal.LastHotkey}, stake {refusal.LastStake?.ToString("0.##") ?? "none"}");
        foreach (var each in status.Events.TakeLast(ShownEvents))
            Row("event", $"{each.At:u} {each.Text}");
        AnsiConsole.Write(table);
    }
}
