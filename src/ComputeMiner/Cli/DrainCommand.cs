using ComputeMiner.Allocations;
using ComputeMiner.Configuration;
using ComputeMiner.Control;

namespace ComputeMiner.Cli;

/// <summary>Turns the drain on or off, in the running miner or for the next one.</summary>
sealed class DrainCommand(bool on) : CliCommand
{
    public override string Name => on ? "on" : "off";

    public override string Summary => on
        ? "Hand nothing new out. Who has the machine keeps it. Holds over restarts."
        : "Hand the machine out again.";

    public override string Example => $"miner drain {Name}";

    public override IEnumerable<Setting> Settings => SettingTable.Group("state");

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        var state = context.Options.StateDirectory;
        ControlReply? reply;
        try
        {
            reply = await ControlClient.AskAsync(state, new ControlRequest(on ? ControlRequest.Drain : ControlRequest.Accept), cancellation);
        }
        catch (ControlException fault)
        {
            throw new CommandFailedException(fault.Message);
        }
        if (reply is null)
        {
            new DrainSwitch(state).Set(on);
            context.Console.Out.WriteLine($"Drain is {Name}. No miner runs on {state} now; the next one that starts keeps to it.");
            return ExitCode.Good;
        }
        if (!reply.Done)
            throw new CommandFailedException(reply.Message ?? "The miner refused.");
        context.Console.Out.WriteLine(on
            ? "Drain is on: nothing new is handed out. Who has the machine keeps it; `miner status` shows who."
            : "Drain is off: the machine can be handed out.");
        return ExitCode.Good;
    }
}
