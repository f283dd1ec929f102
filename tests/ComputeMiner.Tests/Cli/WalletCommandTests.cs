using System.Text.Json;
using Bittensor.Keys;
using ComputeMiner.Cli;

namespace ComputeMiner.Tests.Cli;

public sealed class WalletCommandTests : IDisposable
{
    /// <summary>The public development phrase, and the address every Substrate tool derives from it.</summary>
    const string DevPhrase = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";
    const string DevAddress = "5DfhGyQdFobKM8NsWvEeAKk5EQQgYe9AydgJ7rMB6E1EqRzV";

    readonly string _path = Path.Combine(Path.GetTempPath(), $"wallets-{Guid.NewGuid():N}");
    readonly StringWriter _out = new();
    readonly StringWriter _error = new();

    public void Dispose()
    {
        if (Directory.Exists(_path))
            Directory.Delete(_path, recursive: true);
        _out.Dispose();
        _error.Dispose();
    }

    [Fact]
    public async Task Create_Hotkey_IsPrivateReadableAndPrintsOnlyItsAddress()
    {
        Assert.Equal(ExitCode.Good, await Run("create --wallet.name w --wallet.hotkey h"));

        var wallet = new Wallet(_path, "w", "h");
        using var pair = wallet.LoadHotkey();
        Assert.Equal($"{pair.Hotkey}  {wallet.HotkeyFile}\n", _out.ToString());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(wallet.HotkeyFile));
        Assert.Empty(_error.ToString());
    }

    [Fact]
    public async Task Create_OverAnExistingKey_IsRefusedAndLeavesIt()
    {
        await Run("create --wallet.name w --wallet.hotkey h");
        var before = await File.ReadAllBytesAsync(new Wallet(_path, "w", "h").HotkeyFile, TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.Failed, await Run("create --wallet.name w --wallet.hotkey h"));

        Assert.StartsWith("error: ", _error.ToString(), StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(new Wallet(_path, "w", "h").HotkeyFile, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Create_ShowMnemonicOnATerminal_ShowsItOnceAndItIsTheKey()
    {
        await Run("create --show-mnemonic --json", interactive: true);

        var phrase = _error.ToString().Split('\n').Single(line => line.StartsWith("  ", StringComparison.Ordinal)).Trim();
        using var secrets = KeySecrets.FromMnemonic(Mnemonic.Parse(phrase));
        Assert.Equal(secrets.Keypair.Account.ToString(),
            JsonDocument.Parse(_out.ToString()).RootElement.GetProperty("address").GetString());
        Assert.DoesNotContain(phrase.Split(' ')[0] + " ", _out.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_ShowMnemonicElsewhere_IsRefusedBeforeAnythingIsWritten()
    {
        Assert.Equal(ExitCode.WrongUsage, await Run("create --show-mnemonic"));
        Assert.False(Directory.Exists(_path));
    }

    [Fact]
    public async Task Create_ColdkeyWithoutAPassword_IsRefusedWithTheWaysToGiveOne()
    {
        Assert.Equal(ExitCode.Failed, await Run("create --coldkey"));
        Assert.Contains("--wallet.password-file", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains("BT_PW_", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_PasswordsDiffer_NothingIsWritten()
    {
        Assert.Equal(ExitCode.Failed, await Run("create --encrypt", "one\ntwo\n", interactive: true));
        Assert.False(File.Exists(new Wallet(_path).HotkeyFile));
    }

    [Fact]
    public async Task Create_EncryptedWithAPasswordFile_OpensWithThatPasswordOnly()
    {
        Directory.CreateDirectory(_path);
        var file = Path.Combine(_path, "password");
        await File.WriteAllTextAsync(file, "s3cret password\n", TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.Good, await Run($"create --encrypt --wallet.password-file {file}"));

        using var pair = new Wallet(_path).LoadHotkey(_ => "s3cret password");
        Assert.StartsWith(pair.Hotkey.ToString(), _out.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", _out.ToString() + _error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Regen_MnemonicOnStandardInput_GivesTheKnownAddress()
    {
        Assert.Equal(ExitCode.Good, await Run("regen", DevPhrase + "\n"));
        Assert.StartsWith(DevAddress, _out.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("bottom drive obey")]
    [InlineData("bottom drive obey lake curtain smoke basket hold race lonely fit fit")]
    [InlineData("bottom drive obey lake curtain smoke basket hold race lonely fit secretword")]
    public async Task Regen_WrongMnemonic_SaysWhatWithoutRepeatingIt(string phrase)
    {
        Assert.NotEqual(ExitCode.Good, await Run("regen", phrase + "\n"));
        Assert.StartsWith("error: ", _error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("obey", _error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secretword", _error.ToString(), StringComparison.Ordinal);
        Assert.False(File.Exists(new Wallet(_path).HotkeyFile));
    }

    [Fact]
    public async Task ListAndShow_AfterRegen_HaveAllAddresses()
    {
        await Run("regen --wallet.name w --wallet.hotkey h", DevPhrase);
        await Run($"regen --wallet.name w --coldkeypub {DevAddress}");
        _out.GetStringBuilder().Clear();

        Assert.Equal(ExitCode.Good, await Run("list"));
        Assert.Equal($"w  {DevAddress}\n  h  {DevAddress}\n", _out.ToString());

        _out.GetStringBuilder().Clear();
        Assert.Equal(ExitCode.Good, await Run("show --wallet.name w --json"));
        Assert.Equal(
            $$"""{"wallet":"w","coldkey":"{{DevAddress}}","hotkeys":[{"name":"h","address":"{{DevAddress}}","fault":null}]}""" + "\n", _out.ToString());
    }

    [Fact]
    public async Task List_OneWalletIsDamaged_ShowsTheOthersAndSaysWhy()
    {
        await Run($"regen --wallet.name good --coldkeypub {DevAddress}");
        Directory.CreateDirectory(Path.Combine(_path, "bad", "hotkeys"));
        Directory.CreateDirectory(Path.Combine(_path, " "));
        await File.WriteAllTextAsync(new Wallet(_path, "bad").ColdkeyPublicFile, "{\"ss58Address\":\"\\ud800\"}", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_path, "bad", "hotkeys", "h"), "[]", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_path, "bad", "hotkeys", "  "), "[]", TestContext.Current.CancellationToken);
        _out.GetStringBuilder().Clear();

        Assert.Equal(ExitCode.Good, await Run("list"));

        var lines = _out.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.Matches("^bad  .*coldkeypub.txt.*ss58Address", lines[0]);
        Assert.Matches("^  h  .*no JSON object", lines[1]);
        Assert.Equal($"good  {DevAddress}", lines[2]);
    }

    [Fact]
    public async Task Show_MissingWallet_SaysHowToMakeOne()
    {
        Assert.Equal(ExitCode.Failed, await Run("show --wallet.name nobody"));
        Assert.Equal($"error: There is no wallet 'nobody' in {_path}; 'miner wallet create' makes one.\n", _error.ToString());
    }

    Task<int> Run(string line, string input = "", bool interactive = false)
    {
        var console = new CliConsole(new StringReader(input), _out, _error, interactive);
        var wallet = new CommandGroup("wallet", "Keys.", new WalletCreateCommand(), new WalletRegenCommand(), new WalletListCommand(),
            new WalletShowCommand());
        var application = new CliApplication([wallet], console, new Dictionary<string, string> { ["BT_WALLET_PATH"] = _path });
        return application.RunAsync(["wallet", .. line.Split(' ')], TestContext.Current.CancellationToken);
    }
}
