using System.Collections.Immutable;
using System.Net;
using Bittensor.Dendrite;
using Bittensor.Keys;
using Bittensor.Subtensor;
using ComputeMiner.Configuration;
using ComputeMiner.Validator;
using Microsoft.Extensions.Logging.Abstractions;

namespace ComputeMiner.Cli;

/// <summary>One request of the caller's side, to any miner of the subnet: finds the miner, signs, sends, prints the answer.</summary>
sealed class ValidatorCommand(
    string name, string summary, string more, ImmutableArray<CommandFlag> flags,
    Func<ValidatorSession, CommandContext, CancellationToken, Task<ValidatorAnswer>> send) : CliCommand
{
    static readonly CommandFlag<IPEndPoint?> Target = new(
        "target", ValueKinds.Optional(ValueKinds.Endpoint), null, "The miner's address; read from the chain when --uid is given instead.");

    static readonly CommandFlag<Hotkey> AxonHotkey = new("axon-hotkey", KeyLists.Hotkey, default, "The miner's hotkey, with --target.");

    static readonly CommandFlag<int> UidFlag = new("uid", ValueKinds.Integer(0, ushort.MaxValue), -1, "The miner's number on the subnet.");

    static readonly CommandFlag<string?> KeyFlag = new(
        "rsa-key", ValueKinds.Optional(ValueKinds.File), null,
        "File of the RSA key that names the allocation; made when missing. Default: one per miner in the state directory.");

    public override string Name => name;

    public override string Summary => summary;

    public override string Example => $"miner validator {name} --target 203.0.113.5:8091 --axon-hotkey 5F… --wallet.name my-validator{more}";

    public override IEnumerable<Setting> Settings =>
        SettingTable.Group("wallet").Concat(SettingTable.Group("subtensor")).Concat(SettingTable.Group("netuid")).Concat(SettingTable.Group("state.dir"));

    public override ImmutableArray<CommandFlag> Flags => [Target, AxonHotkey, UidFlag, KeyFlag, .. flags];

    public override bool PrintsData => true;

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        var options = context.Options;
        using var hotkey = context.LoadHotkey();
        var target = await FindAsync(context, cancellation);
        using var key = SessionKey.Open(context.Get(KeyFlag) ?? SessionKey.DefaultPath(options.StateDirectory, target.Hotkey));
        using var dendrite = new DendriteClient(hotkey, new DendriteOptions());
        var answer = await send(new ValidatorSession(dendrite, target, key), context, cancellation);
        if (context.Json)
            context.WriteJson(answer, ValidatorJson.Default.ValidatorAnswer);
        else
            context.Console.Out.WriteLine(answer.ToText());
        return answer.Ok ? ExitCode.Good : ExitCode.Failed;
    }

    static async Task<AxonTarget> FindAsync(CommandContext context, CancellationToken cancellation)
    {
        if (context.Get(Target) is { } address)
        {
            return context.Get(AxonHotkey) is { Account.IsZero: false } hotkey
                ? new AxonTarget(address, hotkey)
                : throw new CommandFailedException("--target needs --axon-hotkey: requests are signed for one miner.", ExitCode.WrongUsage);
        }
        var uid = context.Get(UidFlag);
        if (uid < 0)
            throw new CommandFailedException("Name the miner: --target IP:PORT with --axon-hotkey SS58, or --uid NUMBER.", ExitCode.WrongUsage);
        var options = context.Options;
        await using var chain = new SubtensorClient(
            options.Subtensor.ToClientOptions(), TimeProvider.System, NullLogger<SubtensorClient>.Instance);
        var metagraph = await chain.GetMetagraphAsync(options.Netuid, cancellation);
        if (uid >= metagraph.Neurons.Length)
            throw new CommandFailedException($"Subnet {options.Netuid.Value} has no uid {uid}, only 0 to {metagraph.Neurons.Length - 1}.");
        var neuron = metagraph.Neurons[uid];
        var axon = await chain.GetAxonAsync(options.Netuid, neuron.Hotkey, cancellation);
        return axon is { IsServing: true }
            ? new AxonTarget(new IPEndPoint(axon.Ip, axon.Port), neuron.Hotkey)
            : throw new CommandFailedException($"Uid {uid} ({neuron.Hotkey}) serves no axon.");
    }
}
