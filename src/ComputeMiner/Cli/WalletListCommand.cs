using Bittensor.Keys;
using ComputeMiner.Configuration;

namespace ComputeMiner.Cli;

/// <summary>Lists all wallets with the addresses of their keys.</summary>
sealed class WalletListCommand : CliCommand
{
    public override string Name => "list";

    public override string Summary => "Lists the wallets with the addresses of their keys.";

    public override string Example => "miner wallet list --json";

    public override IEnumerable<Setting> Settings => SettingTable.Group("wallet.path");

    public override bool PrintsData => true;

    public override Task<int> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        var path = context.Options.Wallet.Path;
        // A list asks nobody for passwords: an encrypted hotkey without a public file shows why its address is unknown.
        var found = Wallet.NamesIn(path).Select(name => WalletAnswers.Read(new Wallet(path, name), _ => null));
        IReadOnlyList<WalletEntry> wallets = [.. found];
        if (context.Json)
            context.WriteJson(wallets, WalletJson.Default.IReadOnlyListWalletEntry);
        else if (wallets.Count == 0)
            context.Console.Error.WriteLine($"There are no wallets in {path}; 'miner wallet create' makes one.");
        foreach (var wallet in context.Json ? [] : wallets)
            WalletAnswers.Print(context, wallet);
        return Task.FromResult(ExitCode.Good);
    }
}
