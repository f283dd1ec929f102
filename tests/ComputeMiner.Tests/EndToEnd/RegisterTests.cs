using System.Text.Json;
using Bittensor.Keys;
using Bittensor.Subtensor;
using DevNet;

namespace ComputeMiner.Tests.EndToEnd;

/// <summary>The whole program registers on a development chain; what it pays and gets is read from that chain.</summary>
public sealed class RegisterTests : IAsyncLifetime
{
    const string Password = "a pass phrase";

    static readonly Netuid Netuid = new(27);

    readonly string _wallets = Directory.CreateTempSubdirectory("computeminer-tests-").FullName;
    DevChain _chain = null!;
    Wallet _wallet = null!;
    Keypair _hotkey = null!;
    Keypair _coldkey = null!;

    public async ValueTask InitializeAsync()
    {
        _chain = await DevChain.StartAsync(new DevChainOptions { BlockTime = TimeSpan.FromMilliseconds(100) });
        _wallet = new Wallet(_wallets);
        using var hotkey = KeySecrets.FromMnemonic(Mnemonic.Generate(12));
        using var coldkey = KeySecrets.FromMnemonic(Mnemonic.Generate(12));
        _wallet.CreateHotkey(hotkey);
        Keyfile.Write(_wallet.ColdkeyFile, coldkey);
        _wallet.CreateColdkeyPublic(coldkey.Keypair.Coldkey);
        (_hotkey, _coldkey) = (_wallet.LoadHotkey(), _wallet.LoadColdkey());
        _chain.Fund(_coldkey.Account, 2_000_000_000);
    }

    public async ValueTask DisposeAsync()
    {
        await _chain.DisposeAsync();
        _hotkey.Dispose();
        _coldkey.Dispose();
        Directory.Delete(_wallets, recursive: true);
    }

    [Fact]
    public async Task Register_Yes_PaysAndNamesTheUidOfTheEvent()
    {
        using var other = Keypair.FromUri("//Bob");
        _chain.RegisterNeuron(Netuid, other.Hotkey, new Coldkey(DevAccounts.Bob));

        var (exitCode, output, errors) = await RunAsync("--yes", "--json");

        Assert.Equal("", string.Concat(errors.Split('\n').Where(line => line.StartsWith("error", StringComparison.Ordinal))));
        Assert.Equal(0, exitCode);
        var answer = JsonDocument.Parse(output).RootElement;
        Assert.Equal((_hotkey.Hotkey.ToString(), 27, 1, 100_000_000), (
            answer.GetProperty("hotkey").GetString(), answer.GetProperty("netuid").GetInt32(), answer.GetProperty("uid").GetInt32(),
            answer.GetProperty("cost").GetInt32()));
        Assert.Contains("0.1 TAO, burned", errors, StringComparison.Ordinal);
        Assert.Contains("which has 2 TAO", errors, StringComparison.Ordinal);
        await using var client = Client();
        Assert.Equal(new Uid(1), await client.GetUidAsync(Netuid, _hotkey.Hotkey, TestContext.Current.CancellationToken));
        Assert.InRange(await client.GetBalanceAsync(_coldkey.Account, TestContext.Current.CancellationToken), 1_890_000_000u, 1_900_000_000u);
    }

    [Fact]
    public async Task Register_NobodyToAsk_SignsNothing()
    {
        var (exitCode, _, errors) = await RunAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains("error: Nothing was signed: it was not agreed to. Answer y on a terminal, or give --yes.", errors, StringComparison.Ordinal);
        await AssertNotRegisteredAsync();
    }

    [Fact]
    public async Task Register_EncryptedColdkeyWithoutAPassword_IsRefusedAndWithItGoesThrough()
    {
        using (var secrets = Keyfile.Read(_wallet.ColdkeyFile))
            Keyfile.Write(_wallet.ColdkeyFile, secrets, Password, overwrite: true);

        var (exitCode, _, errors) = await RunAsync("--yes");
        Assert.Equal(1, exitCode);
        Assert.Contains("It is encrypted and no password is known", errors, StringComparison.Ordinal);
        await AssertNotRegisteredAsync();

        var file = Path.Combine(_wallets, "password");
        await File.WriteAllTextAsync(file, Password, TestContext.Current.CancellationToken);
        (exitCode, var output, errors) = await RunAsync("--yes", "--wallet.password-file", file);
        Assert.True(exitCode == 0, errors);
        Assert.StartsWith("Registered on subnet 27 as uid 0", output, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, output + errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Register_NotEnoughBalance_SaysWhatThereIsAndWhatItCosts()
    {
        _chain.Fund(_coldkey.Account, 50_000_000);

        await AssertFailsAsync($"The coldkey {_coldkey.Account} has 0.05 TAO; registering costs 0.1 TAO and a small fee. Send it more TAO first.");
    }

    [Fact]
    public async Task Register_BalanceTooLowForTheFeeOnly_IsTheChainsRefusalInPlainWords()
    {
        _chain.Fund(_coldkey.Account, 100_000_001);

        await AssertFailsAsync("The coldkey's balance is too low for the price and the fee.");
    }

    [Fact]
    public async Task Register_RegisteredAlready_NamesTheUid()
    {
        _chain.RegisterNeuron(Netuid, _hotkey.Hotkey, _coldkey.Coldkey);

        await AssertFailsAsync($"{_hotkey.Hotkey} is already registered on subnet 27: uid 0. There is nothing to do.");
    }

    [Fact]
    public async Task Register_NoSuchSubnet_NamesTheFlags() =>
        await AssertFailsAsync("There is no subnet 77 on this chain. Check --netuid and --subtensor.network.", "--netuid", "77");

    [Fact]
    public async Task Register_Closed_SaysSo()
    {
        _chain.Change(changes => changes.SetRegistrationAllowed(Netuid, false));

        await AssertFailsAsync("Subnet 27 is closed for registrations now.");
    }

    [Fact]
    public async Task Register_NoColdkey_NamesTheFileAndHowToComeByOne()
    {
        File.Delete(_wallet.ColdkeyFile);

        await AssertFailsAsync($"There is no coldkey {_wallet.ColdkeyFile}, and only it can pay. Run this on the machine that has it, or make one with `miner wallet create --coldkey");
    }

    async Task AssertFailsAsync(string message, params string[] arguments)
    {
        var (exitCode, output, errors) = await RunAsync(["--yes", .. arguments]);

        Assert.Equal((1, ""), (exitCode, output));
        Assert.Contains("error: " + message, errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    async Task AssertNotRegisteredAsync()
    {
        await using var client = Client();
        Assert.Null(await client.GetUidAsync(Netuid, _hotkey.Hotkey, TestContext.Current.CancellationToken));
        Assert.Equal(2_000_000_000u, await client.GetBalanceAsync(_coldkey.Account, TestContext.Current.CancellationToken));
    }

    SubtensorClient Client() => new(
        new SubtensorOptions { Endpoints = [_chain.Endpoint] }, TimeProvider.System,
        Microsoft.Extensions.Logging.Abstractions.NullLogger<SubtensorClient>.Instance);

    Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments) => MinerProcess.RunAsync(
        ["register", "--wallet.path", _wallets, "--subtensor.chain_endpoint", _chain.Endpoint.ToString(), .. arguments]);
}
