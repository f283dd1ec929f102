using System.Text.Json.Serialization;
using Bittensor.Keys;

namespace ComputeMiner.Cli;

/// <summary>A key that was written.</summary>
sealed record WrittenKey(string Address, string File);

/// <summary>A wallet's addresses; an absent or unreadable key is null, and the fault says why it could not be read.</summary>
sealed record WalletEntry(
    string Wallet, string? Coldkey, IReadOnlyList<HotkeyEntry> Hotkeys,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ColdkeyFault = null);

/// <summary>A hotkey of a wallet; the fault says why it could not be read.</summary>
sealed record HotkeyEntry(string Name, string? Address, string? Fault);

/// <summary>What the wallet commands print: addresses and paths, never a secret.</summary>
static class WalletAnswers
{
    public static void Written(CommandContext context, KeySecrets secrets, string file) =>
        Written(context, secrets.Keypair.Account.ToString(), file);

    public static void Written(CommandContext context, string address, string file)
    {
        if (context.Json)
            context.WriteJson(new WrittenKey(address, file), WalletJson.Default.WrittenKey);
        else
            context.Console.Out.WriteLine($"{address}  {file}");
    }

    public static WalletEntry Read(Wallet wallet, KeyfilePasswordSource passwords)
    {
        var (coldkey, fault) = ReadColdkey(wallet);
        return new WalletEntry(
            wallet.Name, coldkey, [.. wallet.HotkeyNames().Select(name => ReadHotkey(new Wallet(wallet.Path, wallet.Name, name), passwords))], fault);
    }

    public static void Print(CommandContext context, WalletEntry entry)
    {
        context.Console.Out.WriteLine($"{entry.Wallet}  {entry.Coldkey ?? entry.ColdkeyFault ?? "(no coldkeypub.txt)"}");
        foreach (var hotkey in entry.Hotkeys)
            context.Console.Out.WriteLine($"  {hotkey.Name}  {hotkey.Address ?? hotkey.Fault}");
    }

    static (string? Address, string? Fault) ReadColdkey(Wallet wallet)
    {
        try
        {
            return (wallet.LoadColdkeyPublic()?.ToString(), null);
        }
        catch (KeyfileException fault)
        {
            return (null, fault.Message);
        }
    }

    static HotkeyEntry ReadHotkey(Wallet wallet, KeyfilePasswordSource passwords)
    {
        try
        {
            return new HotkeyEntry(wallet.HotkeyName, wallet.LoadHotkeyPublic(passwords).ToString(), null);
        }
        catch (KeyfileException fault)
        {
            return new HotkeyEntry(wallet.HotkeyName, null, fault.Message);
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(WrittenKey))]
[JsonSerializable(typeof(WalletEntry))]
[JsonSerializable(typeof(IReadOnlyList<WalletEntry>))]
sealed partial class WalletJson : JsonSerializerContext;
