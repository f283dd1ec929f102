using System.Collections.Immutable;
using ComputeMiner.Configuration;
using DevNet;

namespace ComputeMiner.Cli;

/// <summary>The embedded dev network on its own: chain and registry.</summary>
sealed class DevnetCommand : CliCommand
{
    static readonly CommandFlag<ushort> PortFlag = new("port", ValueKinds.AnyPort, 9944, "TCP port of the chain's RPC on 127.0.0.1.");
    static readonly CommandFlag<ushort> RegistryPortFlag = new("registry-port", ValueKinds.AnyPort, 9955, "TCP port of the registry on 127.0.0.1.");
    static readonly CommandFlag<TimeSpan> BlockTimeFlag =
        new("block-time", ValueKinds.Seconds, TimeSpan.FromSeconds(12), "Seconds between blocks.");

    static readonly CommandFlag<DevRuntime> RuntimeFlag = new(
        "runtime", ValueKinds.Choice(("classic", DevRuntime.Classic), ("current", DevRuntime.Current), ("next", DevRuntime.Next)), DevRuntime.Current,
        "Age of Subtensor to play: spec 204, 393 or 473.");

    public override string Name => "devnet";

    public override string Summary => "Run a development chain and registry on this machine until stopped; state lives in memory.";

    public override string Example => "miner devnet --block-time 1";

    public override ImmutableArray<CommandFlag> Flags => [PortFlag, RegistryPortFlag, BlockTimeFlag, RuntimeFlag];

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        await using var chain = await DevChain.StartAsync(
            new DevChainOptions { Port = context.Get(PortFlag), BlockTime = context.Get(BlockTimeFlag), Runtime = context.Get(RuntimeFlag) }, cancellation);
        await using var registry = await DevRegistry.StartAsync(new DevRegistryOptions { Port = context.Get(RegistryPortFlag) }, cancellation);
        context.Console.Out.WriteLine($"chain at {chain.Endpoint}, subnets 1 and 27, funded: //Alice //Bob //Charlie //Dave //Eve //Ferdie");
        context.Console.Out.WriteLine($"registry at {registry.Endpoint}, key {DevRegistryAccount.Default.Key}");
        context.Console.Out.WriteLine(
            $"WANDB_API_KEY={DevRegistryAccount.Default.Key} miner run --subtensor.network {chain.Endpoint} --registry.url {registry.Endpoint}   uses both; Ctrl+C ends them");
        var ended = new TaskCompletionSource();
        await using var registration = cancellation.Register(ended.SetResult);
        await ended.Task;
        return ExitCode.Good;
    }
}
