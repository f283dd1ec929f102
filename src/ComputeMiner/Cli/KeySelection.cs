using Bittensor.Keys;
using ComputeMiner.Configuration;

namespace ComputeMiner.Cli;

/// <summary>The flags that say which of a wallet's keys a command writes, and how.</summary>
static class KeySelection
{
    public static readonly CommandFlag<bool> Coldkey = new("coldkey", ValueKinds.Switch, false,
        "The coldkey instead of the hotkey. A miner needs none; keep it on another machine.");

    public static readonly CommandFlag<bool> Encrypt = new("encrypt", ValueKinds.Switch, false,
        "Encrypt the hotkey; the miner then needs its password at every start. A coldkey is always encrypted.");

    public static readonly CommandFlag<bool> Overwrite = new("overwrite", ValueKinds.Switch, false,
        "Replace an existing key, which may be lost for good.");

    /// <summary>The wallet that the settings name.</summary>
    public static Wallet Wallet(this CommandContext context) =>
        new(context.Options.Wallet.Path, context.Options.Wallet.Name, context.Options.Wallet.Hotkey);

    /// <summary>The hotkey to sign with.</summary>
    /// <exception cref="CommandFailedException">It is not there, or its password is not to be had.</exception>
    public static Keypair LoadHotkey(this CommandContext context) => context.LoadHotkey(new KeyPasswords(context.Options, context.Console));

    /// <summary>The same, where it matters how its password came.</summary>
    /// <exception cref="CommandFailedException">It is not there, or its password is not to be had.</exception>
    public static Keypair LoadHotkey(this CommandContext context, KeyPasswords passwords)
    {
        try
        {
            return context.Wallet().LoadHotkey(passwords.Find);
        }
        catch (KeyfileException fault)
        {
            var wallet = context.Wallet();
            throw new CommandFailedException(File.Exists(wallet.HotkeyFile)
                ? fault.Message
                : $"{fault.Message} Make one with `miner wallet create --wallet.name {wallet.Name} --wallet.hotkey {wallet.HotkeyName}`.");
        }
    }

    /// <summary>Writes the key where the flags say, and the file's path for the answer.</summary>
    public static string Write(CommandContext context, KeySecrets secrets)
    {
        var wallet = context.Wallet();
        var passwords = new KeyPasswords(context.Options, context.Console);
        if (context.Get(Coldkey))
        {
            wallet.CreateColdkey(secrets, passwords.Choose(wallet.ColdkeyFile), context.Get(Overwrite));
            return wallet.ColdkeyFile;
        }
        wallet.CreateHotkey(secrets, context.Get(Encrypt) ? passwords.Choose(wallet.HotkeyFile) : null, context.Get(Overwrite));
        return wallet.HotkeyFile;
    }
}
