using System.Collections.Immutable;
using ComputeMiner.Configuration;
using DevNet;

namespace ComputeMiner.Cli;

/// <summary>The embedded dev network on its own: chain and registry.</summary>
sealed class DevnetCommand(TimeProvider time) : CliCommand
{
    /// <summary>How much of a network is lost at most when the process is killed.</summary>
    static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    static readonly CommandFlag<ushort> PortFlag = new("port", ValueKinds.AnyPort, 9944, "TCP port of the chain's RPC on 127.0.0.1.");
    static readonly CommandFlag<ushort> RegistryPortFlag = new("registry-port", ValueKinds.AnyPort, 9955, "TCP port of the registry on 127.0.0.1.");
    static readonly CommandFlag<TimeSpan> BlockTimeFlag =
        new("block-time", ValueKinds.Seconds, TimeSpan.FromSeconds(12), "Seconds between blocks.");

    static readonly CommandFlag<DevRuntime> RuntimeFlag = new(
        "runtime", ValueKinds.Choice(("classic", DevRuntime.Classic), ("current", DevRuntime.Current), ("next", DevRuntime.Next)), DevRuntime.Current,
        "Age of Subtensor to play: spec 204, 393 or 473.");

    static readonly CommandFlag<string?> StateFlag = new(
        "state", ValueKinds.Optional(ValueKinds.File), null, "File to keep the network in: accounts, registrations, head, runs. Without it all is gone at the end.");

    public override string Name => "devnet";

    public override string Summary => "Run a development chain and registry on this machine until stopped; state lives in memory, or in the file of --state.";

    public override string Example => "miner devnet --block-time 1 --state devnet.json";

    public override ImmutableArray<CommandFlag> Flags => [PortFlag, RegistryPortFlag, BlockTimeFlag, RuntimeFlag, StateFlag];

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        var path = context.Get(StateFlag);
        try
        {
            await RunAsync(context, path, path is null ? null : DevNetState.Read(path), cancellation);
            return ExitCode.Good;
        }
        catch (InvalidDataException fault)
        {
            throw new CommandFailedException($"{path} cannot be used: {fault.Message}. Name another file with --state, or delete it to begin anew.");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException(fault.Message);
        }
    }

    async Task RunAsync(CommandContext context, string? path, DevNetState? state, CancellationToken cancellation)
    {
        await using var chain = await DevChain.StartAsync(
            new DevChainOptions { Port = context.Get(PortFlag), BlockTime = context.Get(BlockTimeFlag), Runtime = context.Get(RuntimeFlag), From = state },
            cancellation);
        await using var registry = await DevRegistry.StartAsync(new DevRegistryOptions { Port = context.Get(RegistryPortFlag), From = state }, cancellation);
        context.Console.Out.WriteLine($"chain at {chain.Endpoint}, subnets 1 and 27, funded: //Alice //Bob //Charlie //Dave //Eve //Ferdie");
        context.Console.Out.WriteLine($"registry at {registry.Endpoint}, key {DevRegistryAccount.Default.Key}");
        context.Console.Out.WriteLine(
            $"WANDB_API_KEY={DevRegistryAccount.Default.Key} miner run --subtensor.network {chain.Endpoint} --registry.url {registry.Endpoint}   uses both; Ctrl+C ends them");
        if (path is not null)
            context.Console.Out.WriteLine($"state in {path}: {(state is null ? "new" : "taken up")} at block {chain.BlockNumber}, {registry.Runs.Count} runs");
        Keep(path, chain, registry);
        using var timer = new PeriodicTimer(Period, time);
        while (await TicksAsync(timer, cancellation))
            Keep(path, chain, registry);
        // What is written last is the last that anybody saw.
        await chain.StopListeningAsync();
        await registry.StopListeningAsync();
        Keep(path, chain, registry);
    }

    static void Keep(string? path, DevChain chain, DevRegistry registry)
    {
        if (path is not null)
            DevNetState.Of(chain, registry).Write(path);
    }

    static async Task<bool> TicksAsync(PeriodicTimer timer, CancellationToken cancellation)
    {
        try
        {
            return await timer.WaitForNextTickAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
