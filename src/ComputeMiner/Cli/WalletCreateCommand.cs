using System.Collections.Immutable;
using Bittensor.Keys;
using ComputeMiner.Configuration;

namespace ComputeMiner.Cli;

/// <summary>Makes a new key.</summary>
sealed class WalletCreateCommand : CliCommand
{
    static readonly CommandFlag<bool> ShowMnemonic = new("show-mnemonic", ValueKinds.Switch, false,
        "Show the new mnemonic once, on a terminal only.");
    static readonly CommandFlag<int> Words = new("words", ValueKinds.Choice(("12", 12), ("15", 15), ("18", 18), ("21", 21), ("24", 24)),
        12, "Words of the mnemonic.");

    public override string Name => "create";

    public override string Summary => "Makes a new hotkey (or coldkey) in the standard layout.";

    public override string Example => "miner wallet create --wallet.name default --wallet.hotkey default --show-mnemonic";

    public override IEnumerable<Setting> Settings => SettingTable.Group("wallet");

    public override ImmutableArray<CommandFlag> Flags =>
        [KeySelection.Coldkey, KeySelection.Encrypt, KeySelection.Overwrite, ShowMnemonic, Words];

    public override bool PrintsData => true;

    public override Task<int> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        if (context.Get(ShowMnemonic) && !context.Console.IsInteractive)
            throw new CommandFailedException("--show-mnemonic works on a terminal only: elsewhere the words would stay in a file or a log.", ExitCode.WrongUsage);
        using var secrets = KeySecrets.FromMnemonic(Mnemonic.Generate(context.Get(Words)));
        var file = KeySelection.Write(context, secrets);
        WalletAnswers.Written(context, secrets, file);
        if (context.Get(ShowMnemonic))
            context.Console.Error.WriteLine($"\nWrite these words down; they are the key and are not shown again:\n\n  {secrets.Mnemonic!.Phrase}\n");
        return Task.FromResult(ExitCode.Good);
    }
}
