using System.Collections.Immutable;
using Bittensor.Keys;
using ComputeMiner.Configuration;

namespace ComputeMiner.Cli;

/// <summary>Makes a key again from its mnemonic, or a public coldkey from its address.</summary>
sealed class WalletRegenCommand : CliCommand
{
    static readonly CommandFlag<string> ColdkeyPublic = new("coldkeypub", ValueKinds.Text, "",
        "Write only the public coldkey, of this SS58 address.");

    public override string Name => "regen";

    public override string Summary => "Makes a key again from its mnemonic, which is asked for or read from standard input.";

    public override string Example => "miner wallet regen --wallet.name default --wallet.hotkey default < mnemonic.txt";

    public override IEnumerable<Setting> Settings => SettingTable.Group("wallet");

    public override ImmutableArray<CommandFlag> Flags =>
        [KeySelection.Coldkey, ColdkeyPublic, KeySelection.Encrypt, KeySelection.Overwrite];

    public override bool PrintsData => true;

    public override Task<int> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        if (context.Get(ColdkeyPublic) is { Length: > 0 } address)
        {
            WritePublic(context, address);
            return Task.FromResult(ExitCode.Good);
        }
        // Never a flag: the command line of a process is public.
        var words = context.Console.IsInteractive ? context.Console.ReadSecret("Mnemonic") : context.Console.ReadLine();
        var phrase = string.Join(' ', (words ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (phrase.Length == 0)
            throw new CommandFailedException("There is no mnemonic: type it, or give it on standard input.", ExitCode.WrongUsage);
        try
        {
            using var secrets = KeySecrets.FromMnemonic(Mnemonic.Parse(phrase));
            WalletAnswers.Written(context, secrets, KeySelection.Write(context, secrets));
        }
        catch (FormatException fault)
        {
            throw new CommandFailedException(fault.Message);
        }
        return Task.FromResult(ExitCode.Good);
    }

    static void WritePublic(CommandContext context, string address)
    {
        if (!Bittensor.Keys.Coldkey.TryParse(address, out var coldkey))
            throw new CommandFailedException($"'{address}' is not an SS58 address of format 42.", ExitCode.WrongUsage);
        var wallet = context.Wallet();
        wallet.CreateColdkeyPublic(coldkey, context.Get(KeySelection.Overwrite));
        WalletAnswers.Written(context, coldkey.ToString(), wallet.ColdkeyPublicFile);
    }
}
