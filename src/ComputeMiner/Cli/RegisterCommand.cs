using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Bittensor.Keys;
using Bittensor.Scale;
using Bittensor.Substrate;
using Bittensor.Subtensor;
using ComputeMiner.Configuration;
using ComputeMiner.Presence;
using Microsoft.Extensions.Logging.Abstractions;

namespace ComputeMiner.Cli;

/// <summary>A registration that was made; the cost is in RAO.</summary>
sealed record RegisteredHotkey(string Hotkey, int Netuid, int Uid, ulong Cost, string Block);

/// <summary>Registers the hotkey: shows the price, asks, and signs with the coldkey.</summary>
sealed class RegisterCommand : CliCommand
{
    static readonly CommandFlag<bool> Yes = new("yes", ValueKinds.Switch, false, "Pay without asking.");

    public override string Name => "register";

    public override string Summary => "Registers the hotkey on the subnet; the coldkey pays. Run it where the coldkey is, not on the miner's machine.";

    public override string Example => "miner register --netuid 27 --wallet.name default --wallet.hotkey default";

    public override IEnumerable<Setting> Settings =>
        SettingTable.Group("wallet").Concat(SettingTable.Group("subtensor")).Concat(SettingTable.Group("netuid"));

    public override ImmutableArray<CommandFlag> Flags => [Yes];

    public override bool PrintsData => true;

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        try
        {
            await RegisterAsync(context, cancellation);
            return ExitCode.Good;
        }
        catch (Exception fault) when (fault is KeyfileException or RegistrationException or SubstrateException or ScaleException)
        {
            throw new CommandFailedException(fault.Message);
        }
    }

    static async Task RegisterAsync(CommandContext context, CancellationToken cancellation)
    {
        var (options, console, wallet) = (context.Options, context.Console, context.Wallet());
        var passwords = new KeyPasswords(options, console);
        var hotkey = wallet.LoadHotkeyPublic(passwords.Find);
        if (!File.Exists(wallet.ColdkeyFile))
        {
            throw new CommandFailedException(
                $"There is no coldkey {wallet.ColdkeyFile}, and only it can pay. Run this on the machine that has it, or make one with "
                + $"`miner wallet create --coldkey --wallet.name {wallet.Name}` and send it the price.");
        }
        var isEncrypted = Keyfile.IsEncrypted(wallet.ColdkeyFile);
        var payer = wallet.LoadColdkeyPublic()?.Account ?? Keyfile.ReadPublic(wallet.ColdkeyFile, passwords.Find);

        await using var chain = new SubtensorClient(options.Subtensor.ToClientOptions(), TimeProvider.System, NullLogger<SubtensorClient>.Instance);
        var registration = new BurnedRegistration(chain, options.Netuid, hotkey);
        var price = await registration.AskAsync(payer, cancellation);
        console.Error.WriteLine($"Hotkey   {hotkey}");
        console.Error.WriteLine($"Subnet   {options.Netuid.Value} of {Addresses.Endpoints.Show(options.Subtensor.Endpoints)}");
        console.Error.WriteLine($"Price    {RegistrationPrice.Tao(price.Cost)}, burned, and a small fee");
        console.Error.WriteLine($"Coldkey  {payer}, which has {RegistrationPrice.Tao(price.Balance)}");
        if (!context.Get(Yes) && !console.Confirm("Register?"))
            throw new CommandFailedException("Nothing was signed: it was not agreed to. Answer y on a terminal, or give --yes.");

        if (!isEncrypted)
            console.Error.WriteLine($"warning: {wallet.ColdkeyFile} is not encrypted; whoever reads it owns what it holds");
        using var coldkey = wallet.LoadColdkey(passwords.Find);
        if (coldkey.Account != payer)
            throw new CommandFailedException($"{wallet.ColdkeyFile} is not the key of {wallet.ColdkeyPublicFile}. Nothing was signed; mend the wallet first.");
        var (uid, receipt) = await registration.BuyAsync(price.Cost, coldkey, cancellation);
        if (context.Json)
        {
            context.WriteJson(
                new RegisteredHotkey(hotkey.ToString(), options.Netuid.Value, uid.Value, price.Cost, receipt.Block.ToString()), RegisterJson.Default.RegisteredHotkey);
            return;
        }
        console.Out.WriteLine($"Registered on subnet {options.Netuid.Value} as uid {uid.Value} in block {receipt.Block}");
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RegisteredHotkey))]
sealed partial class RegisterJson : JsonSerializerContext;
