using ComputeMiner.Configuration;
using ComputeMiner.Dashboard;
using ComputeMiner.Releases;

namespace ComputeMiner.Cli;

/// <summary>What is known of newer versions; asks no release source.</summary>
sealed class UpdateStatusCommand : CliCommand
{
    public override string Name => "status";

    public override string Summary => "Show the version that runs, the newest known, and what became of the last install.";

    public override string Example => "miner update status --json";

    public override IEnumerable<Setting> Settings => [.. SettingTable.Group("update"), .. SettingTable.Group("state"), .. SettingTable.Group("admin")];

    public override bool PrintsData => true;

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        var options = context.Options;
        // The running miner knows what it is about to do; without one there is what it wrote down.
        var running = await AdminClient.TryReadAsync(options.Admin.Address, "/status", DashboardJson.Default.MinerStatus, cancellation);
        var status = running?.Updates ?? UpdateStatus.Of(options.Update, new UpdateStore(options.StateDirectory).State, "no miner answers at --admin.address");
        if (context.Json)
            context.WriteJson(status, ReleasesJson.Default.UpdateStatus);
        else
        {
            context.Console.Out.WriteLine($"{"version",-14}{status.Current}");
            UpdateLines.Write(status, (name, value) => context.Console.Out.WriteLine($"{name,-14}{value}"));
        }
        return ExitCode.Good;
    }
}
