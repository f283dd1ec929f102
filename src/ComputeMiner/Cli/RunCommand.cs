using Bittensor.Keys;
using ComputeMiner.Allocations;
using ComputeMiner.Challenges;
using ComputeMiner.Configuration;
using ComputeMiner.Containers;
using ComputeMiner.Diagnostics;
using ComputeMiner.Presence;
using ComputeMiner.Releases;
using ComputeMiner.Updates;

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
        // Kept for the case that a newer version is given up and this one runs again: nobody is there to type a password then.
        Keypair? hotkey = null;
        var passwords = new KeyPasswords(options, context.Console);
        // As this process was started: another version is to be started the same way.
        string[] arguments = [.. Environment.GetCommandLineArgs().Skip(1)];
        try
        {
            Supervision.Join();
            var launcher = new Launcher(
                options.StateDirectory, options.Update.Mode, arguments, RunSelfAsync, TimeProvider.System, loggers.CreateLogger<Launcher>());
            return await launcher.RunAsync(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return ExitCode.Good;
        }
        catch (StartupException fault)
        {
            // Whoever watches this release is told that another one could not start here either.
            throw new CommandFailedException(fault.Message, Supervision.IsSupervised ? Supervision.CannotStartHere : ExitCode.Failed);
        }
        catch (Exception fault) when (fault is ContainerEngineException or LedgerException or HashcatException)
        {
            throw new CommandFailedException(fault.Message);
        }
        finally
        {
            hotkey?.Dispose();
        }

        async Task<bool> RunSelfAsync(CancellationToken stop)
        {
            if (hotkey is null)
            {
                hotkey = Load();
                ColdkeyWarning.LogIfOpen(context.Wallet(), loggers.CreateLogger("ComputeMiner"));
            }
            var time = TimeProvider.System;
            using var web = WebFile.CreateClient();
            var store = new UpdateStore(options.StateDirectory);
            var updates = new UpdateSite(
                options.Update, store, new UpdateCheck(options.Update, store, web, time, loggers.CreateLogger<UpdateCheck>()),
                new ReleaseDownload(store, web, time), new CandidateTest(arguments, time), passwords.IsTyped);
            return await MinerHost.RunAsync(options, hotkey, updates, loggers, events, stop);
        }

        Keypair Load()
        {
            try
            {
                return context.LoadHotkey(passwords);
            }
            catch (CommandFailedException fault)
            {
                throw new StartupException(fault.Message, fault);
            }
        }
    }
}
