using System.Net;
using Bittensor.Keys;
using ComputeMiner.Configuration;
using ComputeMiner.Releases;
using Microsoft.Extensions.Logging;

namespace ComputeMiner.Tests.Configuration;

public sealed class ConfigurationLoaderTests : IDisposable
{
    const string Alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

    const string Bob = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";

    readonly string _file = Path.Combine(Path.GetTempPath(), $"miner-{Guid.NewGuid():N}.yaml");

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Load_Nothing_GivesTheDefaultsOfTheReference()
    {
        var options = Good("").Options;

        Assert.Equal((27, 8091, 4444, 10), (options.Netuid.Value, options.Axon.Port, options.Container.SshPort, options.Axon.MaxWorkers));
        Assert.Equal(("default", "default", "finney"), (options.Wallet.Name, options.Wallet.Hotkey, options.Subtensor.Network));
        Assert.Equal((10_000, true, false),
            (options.Admission.MinStake, options.Admission.BlacklistExploiters, options.Admission.AnyRegistered));
        Assert.Equal((LogLevel.Information, UpdateMode.Notify), (options.Logging.Level, options.Update.Mode));
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 8092), options.Admin.Address);
        Assert.EndsWith("/.bittensor/wallets", options.Wallet.Path, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--axon.port 9000")]
    [InlineData("--axon.port=9000")]
    [InlineData("--axon.po 9000")]
    [InlineData("--axon.port 9001 --axon.port 9000")]
    public void Load_FlagForms_AsArgparse(string line) => Assert.Equal(9000, Good(line).Options.Axon.Port);

    [Fact]
    public void Load_EverySource_TheNearestWins()
    {
        File.WriteAllText(_file, "axon.port: 9003\nssh.port: 5003\naxon:\n  max_workers: 13\n");
        var environment = new Dictionary<string, string>
        {
            ["BT_AXON_PORT"] = "9001",
            ["MINER_AXON_PORT"] = "9002",
            ["MINER_SSH_PORT"] = "5002",
            ["BT_WALLET_NAME"] = "w1",
            ["MINER_WALLET_NAME"] = "w2",
            ["BT_WALLET_HOTKEY"] = "h1",
        };

        var loaded = Load($"--config {_file} --axon.port 9004", environment);

        Assert.Empty(loaded.Faults);
        Assert.Equal((9004, 5003, 13), (loaded.Options.Axon.Port, loaded.Options.Container.SshPort, loaded.Options.Axon.MaxWorkers));
        Assert.Equal(("w2", "h1"), (loaded.Options.Wallet.Name, loaded.Options.Wallet.Hotkey));
        Assert.Equal("flag --axon.port", loaded.SourceOf("axon.port").Where);
        Assert.Equal($"file {_file} line 2", loaded.SourceOf("ssh.port").Where);
        Assert.Equal("environment variable MINER_WALLET_NAME", loaded.SourceOf("wallet.name").Where);
        Assert.Equal(SettingSourceKind.Default, loaded.SourceOf("netuid").Kind);
    }

    [Fact]
    public void Load_ManyFaults_AllAtOnceWithKeyValueSourceAndWhatIsAllowed()
    {
        File.WriteAllText(_file, "ssh.port: many\n");

        var loaded = Load($"--config {_file} --axon.port 80 --whitelist.hotkeys {Alice},5bad", new() { ["MINER_NETUID"] = "-1" });

        Assert.Equal(
            [
                "netuid = '-1' (environment variable MINER_NETUID): must be a whole number from 0 to 65535",
                "axon.port = '80' (flag --axon.port): must be a port from 1025 to 65534",
                $"ssh.port = 'many' (file {_file} line 1): must be a port from 1 to 65535",
                $"whitelist.hotkeys = '{Alice},5bad' (flag --whitelist.hotkeys): must be SS58 addresses of format 42; "
                    + "an SS58 address has 48 characters, this has 4 ('5bad' is not)",
            ],
            loaded.Faults.Select(f => f.ToString()));
    }

    [Theory]
    [InlineData("--axon.external_port 1024", "axon.external_port")]
    [InlineData("--axon.external_ip nowhere", "axon.external_ip")]
    [InlineData("--wallet.name ../x", "wallet.name")]
    [InlineData("--subtensor.network finey", "subtensor.network")]
    [InlineData("--subtensor.chain_endpoint http://x", "subtensor.chain_endpoint")]
    [InlineData("--admin.address 127.0.0.1", "admin.address")]
    [InlineData("--container.memory-reserve 1x", "container.memory-reserve")]
    [InlineData("--container.max-days 0", "container.max-days")]
    [InlineData("--log.format xml", "log.format")]
    [InlineData("--strict=maybe", "strict")]
    [InlineData("--axon.port", "axon.port")]
    [InlineData("--wallet", "wallet")]
    [InlineData("--ssh.port 8091", "axon.port and ssh.port")]
    public void Load_WrongValue_NamesItsKey(string line, string key) => Assert.Equal(key, Assert.Single(Load(line).Faults).Key);

    [Fact]
    public void Load_KeyLists_AreCommaLists()
    {
        var options = Good($"--blacklist.hotkeys {Alice} --whitelist.coldkeys={Alice},").Options;

        Assert.Equal(Hotkey.Parse(Alice), Assert.Single(options.Admission.BlacklistHotkeys));
        Assert.Equal(Coldkey.Parse(Alice), Assert.Single(options.Admission.WhitelistColdkeys));
    }

    [Fact]
    public void Load_FileWithTheReferencesDestinations_IsRead()
    {
        File.WriteAllText(_file,
            $"whitelist_hotkeys: [{Alice}]\nminer_whitelist_not_enough_stake: true\nsubtensor: {{network: test}}\naxon.external_ip: null\n");

        var options = Good("--config " + _file).Options;

        Assert.Single(options.Admission.WhitelistHotkeys);
        Assert.True(options.Admission.AcceptLowStake);
        Assert.Equal("test", options.Subtensor.Network);
        Assert.Null(options.Axon.ExternalIp);
    }

    [Theory]
    [InlineData("a: [1\n", "not valid YAML")]
    [InlineData("- 1\n", "must be a mapping")]
    [InlineData("axon.port: 9000\naxon.port: 9001\n", "twice")]
    [InlineData("x: &a 1\nnetuid: *a\n", "aliases")]
    [InlineData("axon.prot: 9000\n", "did you mean axon.port?")]
    public void Load_WrongFile_SaysWhatAndWhere(string yaml, string expected)
    {
        File.WriteAllText(_file, yaml);

        var faults = Load("--config " + _file).Faults;

        Assert.Contains(faults, f => f.ToString().Contains(expected, StringComparison.Ordinal)
            && f.Source.Contains(_file, StringComparison.Ordinal));
    }

    [Fact]
    public void Load_MissingFile_IsAFault() => Assert.Equal("config", Assert.Single(Load("--config /nowhere/x.yaml").Faults).Key);

    [Theory]
    [InlineData("BT_LOGGING_DEBUG", "0", LogLevel.Debug)]
    [InlineData("BT_LOGGING_TRACE", "false", LogLevel.Trace)]
    [InlineData("MINER_LOGGING_DEBUG", "false", LogLevel.Information)]
    [InlineData("BT_LOGGING_DEBUG", "", LogLevel.Information)]
    public void Load_LoggingVariables_AnyTextOfTheSdksIsTrue(string variable, string value, LogLevel level) =>
        Assert.Equal(level, Load("", new() { [variable] = value }).Options.Logging.Level);

    [Fact]
    public void Load_UnknownFlagInTheReferenceForm_IsIgnoredWithItsValueAndAWarning()
    {
        var loaded = Load("--something.else 5 --netuid 15");

        Assert.Empty(loaded.Faults);
        Assert.Equal(15, loaded.Options.Netuid.Value);
        Assert.Contains("--something.else", Assert.Single(loaded.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--something.else 5 --strict", true)]
    [InlineData("--something.else 5", false)]
    public void Load_UnknownFlagStrictOrWithCommand_IsAFault(string line, bool bare) =>
        Assert.Equal("--something.else (flag --something.else): is not known; --help lists what is",
            Assert.Single(Load(line, bare: bare).Faults).ToString());

    [Theory]
    [InlineData("--axon.prot 9000", "--axon.port")]
    [InlineData("--axon-port 9000", "--axon.port")]
    [InlineData("--netuidd 9000", "--netuid")]
    public void Load_NearMiss_IsAFaultInEitherForm(string line, string suggestion)
    {
        foreach (var bare in new[] { true, false })
            Assert.Contains($"did you mean {suggestion}?", Assert.Single(Load(line, bare: bare).Faults).ToString(),
                StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--axon.ip 1.2.3.4")]
    [InlineData("--miner.whitelist.not.updated")]
    [InlineData("--validator.challenge.batch.size 256")]
    public void Load_FlagWithoutEffect_SaysSo(string line) =>
        Assert.Contains("has no effect", Assert.Single(Good(line).Warnings), StringComparison.Ordinal);

    [Theory]
    [InlineData("--auto_update", "Install")]
    [InlineData("--auto-update", "Install")]
    [InlineData("--auto_update --update notify", "Notify")]
    [InlineData("--update off --auto_update", "Off")]
    public void Load_AutoUpdate_MeansInstallAndSaysWhatThatNeeds(string line, string mode)
    {
        var loaded = Good(line);

        Assert.Equal(mode, loaded.Options.Update.Mode.ToString());
        Assert.EndsWith(
            "is taken as --update install: only releases signed with --update.key are installed, none without it.", Assert.Single(loaded.Warnings),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "Notify")]
    [InlineData("--auto_update=false", "Notify")]
    [InlineData("--update install", "Install")]
    [InlineData("--update.url https://releases.example/miner.json --update.key 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", "Notify")]
    [InlineData("--update.url http://127.0.0.1:8000/miner.json --update.key AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "Notify")]
    public void Load_Update_HasItsEffectWithoutAWarning(string line, string mode)
    {
        var loaded = Good(line);

        Assert.Equal((mode, 0), (loaded.Options.Update.Mode.ToString(), loaded.Warnings.Length));
        Assert.Equal(
            line.Contains("key", StringComparison.Ordinal) ? "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=" : null, loaded.Options.Update.Key?.ToString());
    }

    [Theory]
    [InlineData("--update sometimes", "one of off, notify, install")]
    [InlineData("--update.url http://releases.example/miner.json", "an https:// address, or an http:// one of this machine")]
    [InlineData("--update.url releases", "an https:// address, or an http:// one of this machine")]
    [InlineData("--update.key AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==", "the 32 bytes of an Ed25519 public key in base64 or hex")]
    [InlineData("--update.key zz0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", "the 32 bytes of an Ed25519 public key in base64 or hex")]
    public void Load_UpdateSettingWrong_SaysWhatIsAllowed(string line, string allowed) =>
        Assert.Contains(allowed, Assert.Single(Load(line).Faults).ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("--subtensor.chain_endpoint ws://a:1,wss://b", "", "ws://a:1/ wss://b/")]
    [InlineData("--subtensor.network ws://a:1", "", "ws://a:1/")]
    [InlineData("--subtensor.network a:1", "", "ws://a:1/")]
    [InlineData("--subtensor.network test", "ws://c:1", "wss://test.finney.opentensor.ai/")]
    [InlineData("--subtensor.network test --subtensor.chain_endpoint ws://a:1", "ws://c:1", "ws://a:1/")]
    [InlineData("", "ws://c:1", "ws://c:1/")]
    public void Load_ChainEndpoints_TheMoreExplicitWins(string line, string variable, string expected) =>
        Assert.Equal(expected, string.Join(' ',
            Load(line, new() { ["BT_SUBTENSOR_CHAIN_ENDPOINT"] = variable }).Options.Subtensor.Endpoints));

    [Theory]
    [InlineData("", "ws://new:1/")]
    [InlineData("ws://old:1", "ws://old:1/")]
    public void Load_ChainEndpointVariableOfNewerSdks_IsReadWhereTheOtherIsNotSet(string other, string expected) =>
        Assert.Equal(expected, string.Join(' ',
            Load("", new() { ["BT_CHAIN_ENDPOINT"] = "ws://new:1", ["BT_SUBTENSOR_CHAIN_ENDPOINT"] = other }).Options.Subtensor.Endpoints));

    [Fact]
    public void Load_UnknownOwnVariable_Warns() =>
        Assert.Contains("MINER_SOMETHING", Assert.Single(Load("", new() { ["MINER_SOMETHING"] = "1" }).Warnings), StringComparison.Ordinal);

    [Theory]
    [InlineData("MINER_AXON_PROT", "MINER_AXON_PORT")]
    [InlineData("MINER_BLACKLIST_HOTKEY", "MINER_BLACKLIST_HOTKEYS")]
    public void Load_VariableNearASetting_IsAFault(string variable, string suggestion) =>
        Assert.Equal(
            $"{variable} (environment variable): is not known; did you mean {suggestion}?",
            Assert.Single(Load("", new() { [variable] = "1" }).Faults).ToString());

    /// <summary>argparse drops the word and turns the switch on; here that would open the gate to every registered key.</summary>
    [Theory]
    [InlineData("--admission.any-registered false", "admission.any-registered", "false")]
    [InlineData("--miner.whitelist.not.enough.stake no --netuid 15", "miner.whitelist.not.enough.stake", "no")]
    public void Load_SwitchFollowedByFalse_IsAFaultInEitherForm(string line, string key, string word)
    {
        foreach (var bare in new[] { true, false })
        {
            Assert.Equal(
                $"{key} = '{word}' (flag --{key}): must be written --{key}={word}: a switch takes no value behind it",
                Load(line, bare: bare).Faults[0].ToString());
        }
    }

    [Theory]
    [InlineData("--admission.any-registered=false")]
    [InlineData("--miner.whitelist.not.updated no")]
    public void Load_SwitchTurnedOff_IsOff(string line) => Assert.False(Good(line).Options.Admission.AnyRegistered);

    [Fact]
    public void Load_ValueOfSeveralWordsWithADash_IsAValueAsInArgparse()
    {
        var loaded = ConfigurationLoader.Load(
            ["--miner.hashcat.extended.options", "-O -w 3", "--netuid", "15"], new CommandSyntax(SettingTable.All, [], IgnoreUnknown: true),
            new Dictionary<string, string>());

        Assert.Empty(loaded.Faults);
        Assert.Equal(("-O -w 3", 15), (string.Join(' ', loaded.Options.Challenge.ExtendedOptions), loaded.Options.Netuid.Value));
    }

    [Fact]
    public void Load_FlagTwice_SaysThatOnlyTheLastCounts()
    {
        var loaded = Good($"--blacklist.hotkeys {Alice} --blacklist.hotkeys {Bob}");

        Assert.Equal("--blacklist.hotkeys stands on the command line more than once; only the last one counts", Assert.Single(loaded.Warnings));
        Assert.Equal(Bob, Assert.Single(loaded.Options.Admission.BlacklistHotkeys).ToString());
    }

    [Fact]
    public void Load_FileNamesASettingInTwoWays_IsAFault()
    {
        File.WriteAllText(_file, $"blacklist_hotkeys: {Alice}\nblacklist:\n  hotkeys: {Bob}\n");

        Assert.Equal(
            $"blacklist.hotkeys (file {_file} line 3): stands in the file twice, also as blacklist_hotkeys",
            Assert.Single(Load($"--config {_file}").Faults).ToString());
    }

    [Theory]
    [InlineData("--challenge.enabled --miner.hashcat.path /usr/bin/hashcat --registry off --update off")]
    [InlineData("--registry wandb --registry.url https://registry.example --update off")]
    public void Load_SwitchedOff_IsNoReasonForAWarning(string line) => Assert.Empty(Good(line).Warnings);

    [Theory]
    [InlineData("wallet.name")]
    [InlineData("wallet.path")]
    public void Load_BlankName_IsAFault(string key) =>
        Assert.Equal(key, Assert.Single(Load("", new() { ["MINER_" + key.ToUpperInvariant().Replace('.', '_')] = " " }).Faults).Key);

    [Fact]
    public void Describe_AddressesWithCredentials_ShowNeitherUserNorPathNorQuery()
    {
        var loaded = Load("--subtensor.chain_endpoint wss://me:topsecret@node:443/topsecret?key=topsecret --registry.url https://topsecret@api.example/");

        var text = string.Join('\n', loaded.Describe());

        Assert.Contains("wss://***@node:443/***", text, StringComparison.Ordinal);
        Assert.DoesNotContain("topsecret", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Faults_AddressWithCredentials_DoNotShowThem()
    {
        var fault = Assert.Single(Load("--registry.url ftp://me:topsecret@host/topsecret").Faults);

        Assert.DoesNotContain("topsecret", fault.ToString(), StringComparison.Ordinal);
    }

    static LoadedConfiguration Good(string line)
    {
        var loaded = Load(line);
        Assert.Empty(loaded.Faults);
        return loaded;
    }

    static LoadedConfiguration Load(string line, Dictionary<string, string>? environment = null, bool bare = true) =>
        ConfigurationLoader.Load(
        line.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        new CommandSyntax(SettingTable.All, [], IgnoreUnknown: bare),
        environment ?? []);
}
