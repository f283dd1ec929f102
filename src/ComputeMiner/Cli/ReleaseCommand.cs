using System.Collections.Immutable;
using ComputeMiner.Configuration;
using ComputeMiner.Control;

namespace ComputeMiner.Cli;

/// <summary>Takes the machine back from who has it: asks first.</summary>
sealed class ReleaseCommand : CliCommand
{
    static readonly CommandFlag<bool> Yes = new("yes", ValueKinds.Switch, false, "Release without asking.");

    public override string Name => "release";

    public override string Summary => "End the running allocation: the renter loses the machine and everything in it. Asks first.";

    public override string Example => "miner release";

    public override IEnumerable<Setting> Settings => SettingTable.Group("state");

    public override ImmutableArray<CommandFlag> Flags => [Yes];

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        var (console, state) = (context.Console, context.Options.StateDirectory);
        // The running miner is the only one that may change who has the machine.
        if ((await AskAsync(state, new ControlRequest(ControlRequest.Holder), cancellation)).Held is not { } held)
        {
            console.Out.WriteLine("Nobody has the machine; nothing was released.");
            return ExitCode.Good;
        }
        console.Error.WriteLine($"{held.Kind} {held.Allocation}, {held.State}, of {held.Hotkey}");
        console.Error.WriteLine($"since {held.Started:u}, ends {held.Expires:u}");
        if (!context.Get(Yes) && !console.Confirm("End it now? The container and everything in it is deleted."))
            throw new CommandFailedException("Nothing was released: it was not agreed to. Answer y on a terminal, or give --yes.");
        var reply = await AskAsync(state, new ControlRequest(ControlRequest.Release, held.Allocation), cancellation);
        if (!reply.Done)
            throw new CommandFailedException(reply.Message ?? "The miner refused.");
        console.Out.WriteLine($"Released {held.Kind} {held.Allocation} of {held.Hotkey}");
        return ExitCode.Good;
    }

    static async Task<ControlReply> AskAsync(string state, ControlRequest request, CancellationToken cancellation)
    {
        try
        {
            return await ControlClient.AskAsync(state, request, cancellation)
                ?? throw new CommandFailedException(
                    $"No miner runs on {state}. Start it with `miner run` and release then, or name its directory with --state.dir.");
        }
        catch (ControlException fault)
        {
            throw new CommandFailedException(fault.Message);
        }
    }
}
