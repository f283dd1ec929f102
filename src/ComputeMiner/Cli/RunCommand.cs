using ComputeMiner.Allocations;
using ComputeMiner.Challenges;
using ComputeMiner.Configuration;
using ComputeMiner.Containers;
using ComputeMiner.Diagnostics;
using ComputeMiner.Presence;

namespace ComputeMiner.Cli;

/// <summary>The main job.</summary>
sealed class RunCommand : CliCommand
{
    public override string Name => "run";

    public override string Summary => "Serve this machine to validators and renters until stopped.";

    public override string Example => "miner run --wallet.name my-wallet --wallet.hotkey my-hotkey";

    public override IEnumerable<Setting> Settings => SettingTable.All;

    public override bool IsReferenceForm => true;

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        var options = context.Options;
        using var events = new RecentEvents(TimeProvider.System);
        using var loggers = LoggerFactory.Create(logging => logging.AddMinerLog(options.Logging).AddProvider(events));
        try
        {
            using var hotkey = context.LoadHotkey();
            ColdkeyWarning.LogIfOpen(context.Wallet(), loggers.CreateLogger("ComputeMiner"));
            await MinerHost.RunAsync(options, hotkey, loggers, events, cancellation);
            return ExitCode.Good;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return ExitCode.Good;
        }
        catch (Exception fault) when (fault is StartupException or ContainerEngineException or LedgerException or HashcatException)
        {
            throw new CommandFailedException(fault.Message);
        }
    }
}
