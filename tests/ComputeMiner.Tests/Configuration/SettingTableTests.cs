using ComputeMiner.Configuration;

namespace ComputeMiner.Tests.Configuration;

public class SettingTableTests
{
    /// <summary>Every flag of the reference's parser and of the SDK's groups it adds.</summary>
    const string ReferenceFlags = """
        netuid auto_update blacklist.exploiters blacklist.hotkeys blacklist.coldkeys whitelist.hotkeys whitelist.coldkeys
        miner.hashcat.path miner.hashcat.workload.profile miner.hashcat.extended.options miner.whitelist.not.enough.stake
        miner.whitelist.not.updated miner.whitelist.updated.threshold ssh.port validator.whitelist.unrecognized
        validator.perform.hardware.query validator.challenge.batch.size validator.specs.batch.size validator.force.update.prometheus
        validator.whitelist.updated.threshold subtensor.network subtensor.chain_endpoint subtensor._mock wallet.name wallet.hotkey
        wallet.path axon.port axon.ip axon.external_port axon.external_ip axon.max_workers logging.debug logging.trace logging.info
        logging.record_log logging.logging_dir logging.enable_third_party_loggers config strict no_version_checking
        """;

    [Fact]
    public void All_FlagsOfTheReference_AreKnown()
    {
        var known = SettingTable.All.Where(s => s.OfReference).Select(s => s.Key).ToHashSet();

        Assert.Equal(ReferenceFlags.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Order(), known.Order());
    }

    [Fact]
    public void All_NamesOfEveryKind_AreUnique()
    {
        Unique(SettingTable.All.SelectMany(s => s.Flags));
        Unique(SettingTable.All.SelectMany(s => s.Variables.Prepend(s.OwnVariable)));
        Unique(SettingTable.All.SelectMany(s => new[] { s.Key, s.Destination }).OfType<string>());

        static void Unique(IEnumerable<string> names) => Assert.Empty(names.GroupBy(n => n).Where(g => g.Count() > 1).Select(g => g.Key));
    }

    /// <summary>Each setting reads back what it shows, and reaches an option of its own.</summary>
    [Fact]
    public void All_DefaultsShown_ReadBack()
    {
        foreach (var setting in SettingTable.All.Where(s => s.Show(new MinerOptions()).Length > 0))
        {
            var options = new MinerOptions();
            var shown = setting.Show(options);

            Assert.Null(setting.Set(options, shown));
            Assert.Equal(shown, setting.Show(options));
        }
    }
}
