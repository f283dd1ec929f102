using ComputeMiner.Configuration;
using ComputeMiner.Control;

namespace ComputeMiner.Cli;

/// <summary>Has the running miner install what is newer, whatever its mode, also a release that failed before.</summary>
sealed class UpdateInstallCommand : CliCommand
{
    public override string Name => "install";

    public override string Summary => "Have the running miner install the newest release once nobody has the machine.";

    public override string Example => "miner update install";

    public override IEnumerable<Setting> Settings => SettingTable.Group("state");

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        var state = context.Options.StateDirectory;
        ControlReply? reply;
        try
        {
            reply = await ControlClient.AskAsync(state, new ControlRequest(ControlRequest.Install), cancellation);
        }
        catch (ControlException fault)
        {
            throw new CommandFailedException(fault.Message);
        }
        if (reply is null)
            throw new CommandFailedException($"No miner runs on {state}. Start it with `miner run`, or name its directory with --state.dir.");
        if (!reply.Done)
            throw new CommandFailedException($"Nothing is installed: {reply.Message}.");
        context.Console.Out.WriteLine(reply.Message);
        return ExitCode.Good;
    }
}
