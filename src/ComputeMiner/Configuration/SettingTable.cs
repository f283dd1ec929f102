using System.Collections.Immutable;
using Bittensor.Subtensor;
using ComputeMiner.Containers.Egress;
using ComputeMiner.Diagnostics;
using ComputeMiner.Registry;
using ComputeMiner.Updates;
using static ComputeMiner.Configuration.Setting;

namespace ComputeMiner.Configuration;

/// <summary>Every setting. The reference's names are those of its argument parser and of the SDK's.</summary>
static class SettingTable
{
    const string SharedParser = "a validator's flag; the reference's parser is shared.";

    const string NoUpdates = "this version neither looks for nor installs newer ones.";

    static readonly ImmutableArray<Setting> Reference =
    [
        Of("config", ValueKinds.Optional(ValueKinds.File), o => o.ConfigFile, (o, v) => o.ConfigFile = v,
            "YAML file with any of these settings."),
        Of("netuid", ValueKinds.Integer(0, ushort.MaxValue), o => o.Netuid.Value, (o, v) => o.Netuid = new Netuid((ushort)v),
            "Number of the subnet: 27, or 15 on the test network."),
        Of("wallet.name", ValueKinds.Name, o => o.Wallet.Name, (o, v) => o.Wallet.Name = v,
            "Name of the wallet.") with { Variables = ["BT_WALLET_NAME"] },
        Of("wallet.hotkey", ValueKinds.Name, o => o.Wallet.Hotkey, (o, v) => o.Wallet.Hotkey = v,
            "Name of the hotkey in the wallet.") with { Variables = ["BT_WALLET_HOTKEY"] },
        Of("wallet.path", ValueKinds.File, o => o.Wallet.Path, (o, v) => o.Wallet.Path = v,
            "Directory of all wallets.") with { Variables = ["BT_WALLET_PATH"] },
        Of("subtensor.network", Addresses.Network, o => o.Subtensor.Network, (o, v) => o.Subtensor.Network = v,
            "Chain: finney, test, archive, local, latent-lite, or a node's ws:// or wss:// address.")
            with { Variables = ["BT_SUBTENSOR_NETWORK"] },
        Of("subtensor.chain_endpoint", Addresses.Endpoints, o => o.Subtensor.ChainEndpoints, (o, v) => o.Subtensor.ChainEndpoints = v,
            "Nodes to use instead of the network's, in order of preference.") with { Variables = ["BT_SUBTENSOR_CHAIN_ENDPOINT"] },
        Of("axon.port", ValueKinds.UnprivilegedPort, o => o.Axon.Port, (o, v) => o.Axon.Port = v,
            "TCP port the axon listens on.") with { Variables = ["BT_AXON_PORT"] },
        OfOptional("axon.external_port", ValueKinds.UnprivilegedPort, o => o.Axon.ExternalPort, (o, v) => o.Axon.ExternalPort = v,
            "Port published on chain; the axon's own when absent.") with { Variables = ["BT_AXON_EXTERNAL_PORT"] },
        Of("axon.external_ip", ValueKinds.Optional(ValueKinds.Ip), o => o.Axon.ExternalIp, (o, v) => o.Axon.ExternalIp = v,
            "Address published on chain; found by asking outside when absent.") with { Variables = ["BT_AXON_EXTERNAL_IP"] },
        Of("axon.max_workers", ValueKinds.Integer(1, 1000), o => o.Axon.MaxWorkers, (o, v) => o.Axon.MaxWorkers = v,
            "Requests handled at once.") with { Variables = ["BT_AXON_MAX_WORKERS"] },
        Inert("axon.ip", "IP", "the axon listens on all addresses, as the reference's does.") with { Variables = ["BT_AXON_IP"] },
        Of("ssh.port", ValueKinds.AnyPort, o => o.Container.SshPort, (o, v) => o.Container.SshPort = v,
            "TCP port of this host that leads to the renter's sshd."),
        Of("blacklist.hotkeys", KeyLists.Hotkeys, o => o.Admission.BlacklistHotkeys, (o, v) => o.Admission.BlacklistHotkeys = v,
            "Hotkeys that are refused.") with { Destination = "blacklist_hotkeys" },
        Of("blacklist.coldkeys", KeyLists.Coldkeys, o => o.Admission.BlacklistColdkeys, (o, v) => o.Admission.BlacklistColdkeys = v,
            "Coldkeys whose hotkeys are refused.") with { Destination = "blacklist_coldkeys" },
        Of("blacklist.exploiters", ValueKinds.Switch, o => o.Admission.BlacklistExploiters, (o, v) => o.Admission.BlacklistExploiters = v,
            "Refuse the built-in list of exploiters.") with { Destination = "blacklist_exploiters" },
        Of("whitelist.hotkeys", KeyLists.Hotkeys, o => o.Admission.WhitelistHotkeys, (o, v) => o.Admission.WhitelistHotkeys = v,
            "Hotkeys trusted regardless of stake, beside the built-in ones.") with { Destination = "whitelist_hotkeys" },
        Of("whitelist.coldkeys", KeyLists.Coldkeys, o => o.Admission.WhitelistColdkeys, (o, v) => o.Admission.WhitelistColdkeys = v,
            "Coldkeys whose hotkeys are trusted regardless of stake.") with { Destination = "whitelist_coldkeys" },
        Of("miner.whitelist.not.enough.stake", ValueKinds.Switch, o => o.Admission.AcceptLowStake, (o, v) => o.Admission.AcceptLowStake = v,
            "Accept registered callers below admission.min-stake.") with { Destination = "miner_whitelist_not_enough_stake" },
        Of("miner.hashcat.path", ValueKinds.Text, o => o.Challenge.HashcatPath, (o, v) => o.Challenge.HashcatPath = v,
            "The hashcat program, by path or by name; see challenge.enabled.") with { Destination = "miner_hashcat_path" },
        Of("miner.hashcat.workload.profile", ValueKinds.Integer(1, 4), o => o.Challenge.WorkloadProfile,
            (o, v) => o.Challenge.WorkloadProfile = v,
            "hashcat's workload profile, 1 (low) to 4 (highest).") with { Destination = "miner_hashcat_workload_profile" },
        Of("miner.hashcat.extended.options", HashcatKinds.Options, o => o.Challenge.ExtendedOptions,
            (o, v) => o.Challenge.ExtendedOptions = v,
            "More hashcat options, in quotes: devices and speed only, such as \"-O -d 1\".") with { Destination = "miner_hashcat_extended_options" },
        Of("logging.debug", ValueKinds.Switch, o => o.Logging.Debug, (o, v) => o.Logging.Debug = v,
            "Log more: every request.") with { Variables = ["BT_LOGGING_DEBUG"] },
        Of("logging.trace", ValueKinds.Switch, o => o.Logging.Trace, (o, v) => o.Logging.Trace = v,
            "Log everything.") with { Variables = ["BT_LOGGING_TRACE"] },
        Of("logging.info", ValueKinds.Switch, o => o.Logging.Info, (o, v) => o.Logging.Info = v,
            "Log what an operator acts on, which is the default.") with { Variables = ["BT_LOGGING_INFO"] },
        Of("strict", ValueKinds.Switch, o => o.Strict, (o, v) => o.Strict = v,
            "Refuse unknown flags and file keys where the reference ignores them."),
        Inert("auto_update", "", "see --update.") with { Aliases = ["--auto-update"] },
        Inert("miner.whitelist.not.updated", "",
            "callers are never refused for their version.") with { Destination = "miner_whitelist_not_updated" },
        Of("miner.whitelist.updated.threshold", ValueKinds.Integer(0, 100), o => o.Census.Threshold, (o, v) => o.Census.Threshold = v,
            "Share of validators in percent above which the census calls them updated; nobody is refused for a version.")
            with { Destination = "miner_whitelist_updated_threshold" },
        Inert("subtensor._mock", "BOOL", "use 'miner devnet' for a chain on this machine."),
        Inert("logging.record_log", "",
            "the log goes to standard error; redirect it, or leave it to the service manager.") with { Variables = ["BT_LOGGING_RECORD_LOG"] },
        Inert("logging.logging_dir", "PATH",
            "the log goes to standard error; redirect it, or leave it to the service manager.") with { Variables = ["BT_LOGGING_LOGGING_DIR"] },
        Inert("logging.enable_third_party_loggers", "",
            "there are no third-party loggers.") with { Variables = ["BT_LOGGING_ENABLE_THIRD_PARTY_LOGGERS"] },
        Inert("no_version_checking", "", "the SDK's update notice does not exist here."),
        Inert("validator.whitelist.unrecognized", "", SharedParser),
        Inert("validator.whitelist.updated.threshold", "NUMBER", SharedParser),
        Inert("validator.perform.hardware.query", "", SharedParser),
        Inert("validator.challenge.batch.size", "NUMBER", SharedParser),
        Inert("validator.specs.batch.size", "NUMBER", SharedParser),
        Inert("validator.force.update.prometheus", "", SharedParser),
    ];

    static readonly ImmutableArray<Setting> Own =
    [
        Of("wallet.password-file", ValueKinds.Optional(ValueKinds.File), o => o.Wallet.PasswordFile, (o, v) => o.Wallet.PasswordFile = v,
            "File whose first line is the password of an encrypted hotkey."),
        Of("state.dir", ValueKinds.File, o => o.StateDirectory, (o, v) => o.StateDirectory = v,
            "Directory of the ledger and other durable state."),
        Of("admin.address", ValueKinds.Endpoint, o => o.Admin.Address, (o, v) => o.Admin.Address = v,
            "Address of status, health and metrics."),
        Of("container.docker", Addresses.Docker, o => o.Container.Endpoint, (o, v) => o.Container.Endpoint = v,
            "Where the Docker Engine listens.") with { Variables = ["DOCKER_HOST"] },
        Of("container.image", ValueKinds.Optional(ValueKinds.Text), o => o.Container.Image, (o, v) => o.Container.Image = v,
            "Base image of the renter's container; chosen by what the host has when absent."),
        Of("container.gpus", GpuSelections.Kind, o => o.Container.GpuSelection, (o, v) => o.Container.GpuSelection = v,
            "GPUs that are handed out: all, none, or indices and UUIDs with commas."),
        Of("container.max-days", ValueKinds.Days, o => o.Allocation.MaxRental, (o, v) => o.Allocation.MaxRental = v,
            "Longest rental, in days."),
        Of("container.test-minutes", ValueKinds.Minutes, o => o.Allocation.MaxTest, (o, v) => o.Allocation.MaxTest = v,
            "Longest test allocation, in minutes."),
        OfOptional("container.memory-reserve", ValueKinds.Size, o => o.Container.MemoryReserve, (o, v) => o.Container.MemoryReserve = v,
            "Memory kept for the host, in bytes or with k, m, g, t."),
        Of("container.disk", DiskRules.Kind, o => o.Container.Disk, (o, v) => o.Container.Disk = v,
            "What a renter may write: auto for what is free but a reserve, off, or a size such as 200g, which is then required."),
        Of("container.name-prefix", ValueKinds.Optional(ValueKinds.Name), o => o.Container.NamePrefix,
            (o, v) => o.Container.NamePrefix = v ?? "",
            "Put before the names of containers, so that two miners can share one Docker."),
        Of("container.spare", ValueKinds.Switch, o => o.Container.Spare, (o, v) => o.Container.Spare = v,
            "Keep a container started, without secrets, for the next renter."),
        Of("container.network", ValueKinds.Name, o => o.Container.Network, (o, v) => o.Container.Network = v,
            "Docker network of the containers."),
        Of("container.egress", ValueKinds.Choice(("enforce", EgressMode.Enforce), ("best-effort", EgressMode.BestEffort), ("off", EgressMode.Off)),
            o => o.Container.Egress.Mode, (o, v) => o.Container.Egress.Mode = v,
            "Keep containers from this host, its LAN, cloud metadata and mail: enforce starts nothing without."),
        Of("container.connections", ValueKinds.Integer(1, 1_000_000), o => o.Container.Egress.Connections, (o, v) => o.Container.Egress.Connections = v,
            "Connections a container may have open at once."),
        Of("container.connection-rate", ValueKinds.Integer(1, 10_000), o => o.Container.Egress.ConnectionsPerSecond,
            (o, v) => o.Container.Egress.ConnectionsPerSecond = v,
            "Connections a container may open per second."),
        OfOptional("container.upload", ValueKinds.Integer(64, 1_000_000), o => o.Container.Egress.Upload, (o, v) => o.Container.Egress.Upload = v,
            "KiB per second a container may send beyond this host; no limit when absent."),
        Of("admission.min-stake", ValueKinds.Stake, o => o.Admission.MinStake, (o, v) => o.Admission.MinStake = v,
            "Stake S a caller needs, in whole units."),
        Of("admission.any-registered", ValueKinds.Switch, o => o.Admission.AnyRegistered, (o, v) => o.Admission.AnyRegistered = v,
            "Accept every registered hotkey, as the reference really does."),
        Of("challenge.enabled", ValueKinds.Switch, o => o.Challenge.Enabled, (o, v) => o.Challenge.Enabled = v,
            "Work on challenges with hashcat while nobody has the machine."),
        Of("specs.enabled", ValueKinds.Switch, o => o.Specs.Enabled, (o, v) => o.Specs.Enabled = v,
            "Serve the published hardware document on the axon's Specs route; an empty text while nothing is published."),
        Of("registry", ValueKinds.Choice(("wandb", RegistryKind.Wandb), ("off", RegistryKind.Off)), o => o.Registry.Kind,
            (o, v) => o.Registry.Kind = v,
            "Where hardware and state are published; needs the API key of an account."),
        Of("registry.url", Addresses.Http, o => o.Registry.Url, (o, v) => o.Registry.Url = v,
            "The registry's API.") with { Variables = ["WANDB_BASE_URL"] },
        Of("registry.entity", ValueKinds.Text, o => o.Registry.Entity, (o, v) => o.Registry.Entity = v,
            "The team that owns the registry's project."),
        Of("registry.project", ValueKinds.Text, o => o.Registry.Project, (o, v) => o.Registry.Project = v,
            "The registry's project."),
        Of("census.url", Addresses.HttpOrOff, o => o.Census.VersionFile, (o, v) => o.Census.VersionFile = v,
            "The reference's published version file, which names the least version of validators and miners."),
        Of("update", ValueKinds.Choice(("off", UpdateMode.Off), ("notify", UpdateMode.Notify), ("install", UpdateMode.Install)),
            o => o.Update.Mode,
            (o, v) => o.Update.Mode = v,
            "What to do about a newer version.") with { WithoutEffect = NoUpdates, Idle = "off" },
        Of("log.format", ValueKinds.Choice(("text", LogFormat.Text), ("json", LogFormat.Json)), o => o.Logging.Format,
            (o, v) => o.Logging.Format = v,
            "What a log line looks like."),
    ];

    public static ImmutableArray<Setting> All { get; } = [.. Reference.Select(s => s with { OfReference = true }), .. Own];

    /// <summary>The settings of one key or of a group ("wallet" means every "wallet.…").</summary>
    public static IEnumerable<Setting> Group(string name) =>
        All.Where(s => s.Key == name || s.Key.StartsWith(name + ".", StringComparison.Ordinal));
}
