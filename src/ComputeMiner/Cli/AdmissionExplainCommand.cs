using Bittensor.Keys;
using Bittensor.Substrate;
using Bittensor.Subtensor;
using ComputeMiner.Admission;
using ComputeMiner.Configuration;
using ComputeMiner.Dashboard;
using Microsoft.Extensions.Logging.Abstractions;

namespace ComputeMiner.Cli;

/// <summary>
/// Why a hotkey may call or not. The running miner is asked first, because its settings and its metagraph are what decides; where none
/// answers, the rules are made from the settings given here and the metagraph is read from the chain.
/// </summary>
sealed class AdmissionExplainCommand(TimeProvider time) : CliCommand
{
    static readonly string[] Groups = ["admin", "admission", "blacklist", "whitelist", "miner.whitelist", "netuid", "subtensor"];

    public override string Name => "explain";

    public override string Summary => "Tell what each admission rule says of a hotkey, and why.";

    public override string Example => "miner admission explain 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

    public override string Argument => "HOTKEY";

    public override IEnumerable<Setting> Settings => Groups.SelectMany(SettingTable.Group);

    public override bool PrintsData => true;

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        if (!Hotkey.TryParse(context.Argument, out var hotkey))
            throw new CommandFailedException($"'{context.Argument}' is no hotkey: an SS58 address of format 42 is needed.", ExitCode.WrongUsage);
        var address = context.Options.Admin.Address;
        var explanation = await AdminClient.TryReadAsync(
            address, AdminServer.AdmissionPath + hotkey, DashboardJson.Default.AdmissionExplanation, cancellation);
        var source = $"the miner at {address}";
        if (explanation is null)
        {
            source = "these settings and the chain; no miner runs at " + address;
            explanation = await ReadChainAsync(hotkey, context.Options, cancellation);
        }
        if (context.Json)
            context.WriteJson(explanation, DashboardJson.Default.AdmissionExplanation);
        else
            Show(explanation, source, context.Console.Out);
        return explanation.Admitted ? ExitCode.Good : ExitCode.Failed;
    }

    async Task<AdmissionExplanation> ReadChainAsync(Hotkey hotkey, MinerOptions options, CancellationToken cancellation)
    {
        await using var chain = new SubtensorClient(options.Subtensor.ToClientOptions(), time, NullLogger<SubtensorClient>.Instance);
        try
        {
            var metagraph = await chain.GetMetagraphAsync(options.Netuid, cancellation);
            return AdmissionExplanation.Of(hotkey, AdmissionRules.From(options.Admission), metagraph, time.GetUtcNow());
        }
        catch (SubstrateException fault)
        {
            throw new CommandFailedException($"{fault.Message} Name another node with --subtensor.chain_endpoint, or a running miner with --admin.address.");
        }
    }

    // Lines, not a table: a table breaks its cells where the output is no terminal.
    static void Show(AdmissionExplanation explanation, string source, TextWriter output)
    {
        var width = explanation.Rules.Select(rule => rule.Rule.Length).DefaultIfEmpty().Max();
        foreach (var rule in explanation.Rules)
            output.WriteLine($"{(rule.Decides ? '>' : ' ')} {rule.Rule.PadRight(width)}  {rule.Verdict,-6}  {rule.Figures}");
        var age = explanation.MetagraphAgeSeconds is { } seconds ? $", metagraph of block {explanation.Block}, {seconds:0} s old" : "";
        output.WriteLine($"{(explanation.Admitted ? "admitted" : "refused")} by {explanation.DecidedBy}, says {source}{age}");
    }
}
