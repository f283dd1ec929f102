using System.Collections.Immutable;
using ComputeMiner.Configuration;

namespace ComputeMiner.Tests.Configuration;

/// <summary>Every flag of the reference, as its command line has it: it sets what it says, or a warning says that it does nothing.</summary>
public class ReferenceFlagTests
{
    const string Key = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
    const string NoEffect = "has no effect: ";

    /// <summary>Flag, its value (none for a switch), and what the setting is afterwards; null where a warning is due.</summary>
    public static TheoryData<string, string?, string?> Flags => new()
    {
        { "netuid", "15", "15" },
        { "auto_update", null, "true" },
        { "blacklist.exploiters", null, "true" },
        { "blacklist.hotkeys", Key, Key },
        { "blacklist.coldkeys", Key, Key },
        { "whitelist.hotkeys", Key, Key },
        { "whitelist.coldkeys", Key, Key },
        { "miner.whitelist.not.enough.stake", null, "true" },
        { "miner.whitelist.not.updated", null, null },
        { "miner.whitelist.updated.threshold", "70", "70" },
        { "ssh.port", "4445", "4445" },
        { "validator.whitelist.unrecognized", null, null },
        { "validator.perform.hardware.query", null, null },
        { "validator.challenge.batch.size", "256", null },
        { "validator.specs.batch.size", "64", null },
        { "validator.force.update.prometheus", null, null },
        { "validator.whitelist.updated.threshold", "60", null },
        { "subtensor.network", "test", "test" },
        { "subtensor.chain_endpoint", "ws://127.0.0.1:9944", "ws://127.0.0.1:9944" },
        { "subtensor._mock", "true", null },
        { "wallet.name", "mine", "mine" },
        { "wallet.hotkey", "worker", "worker" },
        { "wallet.path", "/tmp", "/tmp" },
        { "axon.port", "8095", "8095" },
        { "axon.ip", "0.0.0.0", null },
        { "axon.external_port", "8096", "8096" },
        { "axon.external_ip", "203.0.113.5", "203.0.113.5" },
        { "axon.max_workers", "3", "3" },
        { "logging.debug", null, "true" },
        { "logging.trace", null, "true" },
        { "logging.info", null, "true" },
        { "logging.record_log", null, null },
        { "logging.logging_dir", "/tmp", null },
        { "logging.enable_third_party_loggers", null, null },
        { "strict", null, "true" },
        { "no_version_checking", null, null },
    };

    [Theory]
    [MemberData(nameof(Flags))]
    public void Load_FlagOfTheReference_SetsOrWarns(string flag, string? value, string? expected)
    {
        var setting = SettingTable.All.Single(s => s.Key == flag);

        var loaded = ConfigurationLoader.Load(
            value is null ? ["--" + flag] : ["--" + flag, value], new CommandSyntax(SettingTable.All, [], true),
            new Dictionary<string, string>());

        Assert.Empty(loaded.Faults);
        var warning = loaded.Warnings.SingleOrDefault(w => w.Contains(NoEffect, StringComparison.Ordinal));
        if (expected is null)
        {
            Assert.StartsWith($"{flag} (flag --{flag}) {NoEffect}", warning, StringComparison.Ordinal);
        }
        else
        {
            Assert.Null(warning);
            Assert.Equal(expected, setting.Show(loaded.Options));
        }
    }

    /// <summary>The rows above are all of them: only the file and the solver's flags, which have tests of their own, are not among them.</summary>
    [Fact]
    public void Flags_BesideFileAndSolver_AreAllOfTheReference() => Assert.Equal(
        SettingTable.All.Where(s => s.OfReference && s.Key != "config" && !s.Key.StartsWith("miner.hashcat.", StringComparison.Ordinal))
            .Select(s => s.Key).ToImmutableSortedSet(),
        Flags.Select(row => row.Data.Item1).ToImmutableSortedSet());

    [Fact]
    public void ToServerOptions_Workers_ReachTheAxon()
    {
        var loaded = ConfigurationLoader.Load(
            ["--axon.max_workers", "3"], new CommandSyntax(SettingTable.All, [], true), new Dictionary<string, string>());

        var server = loaded.Options.Axon.ToServerOptions("/state");

        Assert.Equal((3, "/state/nonces"), (server.MaxWorkers, server.NonceFile));
    }
}
