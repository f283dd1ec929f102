using ComputeMiner.Configuration;

namespace ComputeMiner.Cli;

/// <summary>Shows one wallet's addresses.</summary>
sealed class WalletShowCommand : CliCommand
{
    public override string Name => "show";

    public override string Summary => "Shows the addresses of one wallet's keys.";

    public override string Example => "miner wallet show --wallet.name default";

    public override IEnumerable<Setting> Settings => SettingTable.Group("wallet");

    public override bool PrintsData => true;

    public override Task<int> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        var wallet = context.Wallet();
        if (!Directory.Exists(Path.Combine(wallet.Path, wallet.Name)))
            throw new CommandFailedException($"There is no wallet '{wallet.Name}' in {wallet.Path}; 'miner wallet create' makes one.");
        var entry = WalletAnswers.Read(wallet, new KeyPasswords(context.Options, context.Console).Find);
        if (context.Json)
            context.WriteJson(entry, WalletJson.Default.WalletEntry);
        else
            WalletAnswers.Print(context, entry);
        return Task.FromResult(ExitCode.Good);
    }
}
