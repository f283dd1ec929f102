using System.Globalization;
using System.Net;
using Bittensor.Dendrite;
using Bittensor.Keys;
using Bittensor.Subtensor;
using ComputeMiner.Admission;
using ComputeMiner.Containers;
using DevNet;

namespace ComputeMiner.Demo;

/// <summary>
/// The whole job on one machine: a dev chain, a new wallet, the miner as a process of its own, a validator that finds it on chain,
/// rents it, works in it, gives it back, and is refused where it must be.
/// </summary>
sealed class DemoScenario(DemoSteps steps, DemoDirectory directory, Uri docker, ILoggerFactory loggers) : IAsyncDisposable
{
    const string Prefix = "demo-";
    static readonly TimeSpan BlockTime = TimeSpan.FromSeconds(1);
    static readonly TimeSpan ReadyPatience = TimeSpan.FromMinutes(15);

    // An address of the loopback block, but not 127.0.0.1, which the chain refuses as an axon's.
    static readonly IPAddress Address = IPAddress.Parse("127.0.0.2");

    readonly Stack<IAsyncDisposable> _resources = new();

    /// <summary>Where the miner shows its state; null until it was started.</summary>
    public Uri? Dashboard { get; private set; }

    public async Task RunAsync(CancellationToken cancellation)
    {
        await CheckDockerAsync(cancellation);
        var wallet = new Wallet(directory.Wallets, "demo", "miner");
        steps.Headline("The network");
        var network = await StartNetworkAsync(cancellation);
        var chain = Own(new SubtensorClient(
            new SubtensorOptions { Endpoints = [network.Chain.Endpoint] }, TimeProvider.System, loggers.CreateLogger<SubtensorClient>()));
        var hotkey = await RegisterNewWalletAsync(wallet, network, chain, cancellation);

        steps.Headline("The miner");
        var containers = Own(new DemoContainers(ContainersOf(hotkey), loggers));
        var miner = await StartMinerAsync(wallet, network, cancellation);
        var target = await FindMinerAsync(hotkey, network, chain, cancellation);

        steps.Headline("A rental, as validator and renter see it");
        using var dendrite = new DendriteClient(network.Validator, new DendriteOptions());
        var registry = new DemoRegistryView(network.Registry, hotkey);
        using (var rental = new DemoRental(steps, dendrite, network.Validator.Hotkey, target, registry, containers.CountAsync))
            await rental.RunAsync(cancellation);

        steps.Headline("Callers that must not get in");
        await new DemoRefusals(steps, network, target, KnownHotkeys.Exploiters.First()).RunAsync(cancellation);
        await steps.RunAsync("The miner's memory after all this", () =>
            Task.FromResult($"{miner.ResidentBytes() / (1024.0 * 1024):0} MiB resident"));
    }

    public async ValueTask DisposeAsync()
    {
        while (_resources.TryPop(out var resource))
            await resource.DisposeAsync();
    }

    /// <summary>Checks what nothing here works without, before anything is started.</summary>
    async Task CheckDockerAsync(CancellationToken cancellation)
    {
        steps.Headline("The machine");
        await steps.RunAsync("Docker answers", async () =>
        {
            using var engine = new DockerEngine(new ContainerOptions { Endpoint = docker }, TimeProvider.System, loggers);
            var info = await engine.ProbeAsync(cancellation);
            return $"Docker {info.Version}, {info.Cpus} CPUs, {info.Memory >> 30} GiB";
        });
    }

    async Task<DemoNetwork> StartNetworkAsync(CancellationToken cancellation)
    {
        DemoNetwork? network = null;
        await steps.RunAsync("Dev chain and registry up", async () =>
        {
            network = Own(await DemoNetwork.StartAsync(BlockTime, cancellation));
            return $"{network.Chain.Endpoint}, a block every {BlockTime.TotalSeconds} s; {network.Registry.Endpoint}";
        });
        return network!;
    }

    async Task<Hotkey> RegisterNewWalletAsync(Wallet wallet, DemoNetwork network, SubtensorClient chain, CancellationToken cancellation)
    {
        using var coldkey = Keypair.FromMnemonic(Mnemonic.Generate());
        Hotkey hotkey = default;
        await steps.RunAsync("Wallet made", () =>
        {
            using var secrets = KeySecrets.FromMnemonic(Mnemonic.Generate());
            wallet.CreateHotkey(secrets);
            wallet.CreateColdkeyPublic(coldkey.Coldkey);
            hotkey = secrets.Keypair.Hotkey;
            return Task.FromResult($"hotkey {hotkey}");
        });
        await steps.RunAsync("Hotkey registered by a signed extrinsic", async () =>
        {
            network.Fund(coldkey.Coldkey);
            var burn = await chain.GetBurnAsync(network.Netuid, cancellation);
            var receipt = await chain.BurnedRegisterAsync(network.Netuid, hotkey, coldkey, cancellation);
            var uid = await chain.GetUidAsync(network.Netuid, hotkey, cancellation);
            return $"uid {uid?.Value} on subnet {network.Netuid.Value} in block {receipt.Block.ToString()[..10]}…, burned {burn / 1e9:0.###} TAO";
        });
        return hotkey;
    }

    async Task<DemoMiner> StartMinerAsync(Wallet wallet, DemoNetwork network, CancellationToken cancellation)
    {
        var admin = new IPEndPoint(IPAddress.Loopback, FreePort.Next());
        DemoMiner? miner = null;
        await steps.RunAsync("Miner started, container image ready", async () =>
        {
            miner = Own(DemoMiner.Start(
                [
                    "run", "--netuid", network.Netuid.Value.ToString(CultureInfo.InvariantCulture),
                    "--subtensor.chain_endpoint", network.Chain.Endpoint.ToString(),
                    "--wallet.path", wallet.Path, "--wallet.name", wallet.Name, "--wallet.hotkey", wallet.HotkeyName,
                    "--axon.port", Port(FreePort.Next()), "--axon.external_ip", Address.ToString(), "--ssh.port", Port(FreePort.Next()),
                    "--container.docker", docker.ToString(), "--container.name-prefix", Prefix, "--state.dir", directory.State, "--admin.address", admin.ToString(),
                    "--registry", "wandb", "--registry.url", network.Registry.Endpoint.ToString(), "--census.url", "off",
                ],
                DevRegistryAccount.Default.Key,
                admin,
                directory.MinerLog));
            Dashboard = miner.Dashboard;
            await miner.WaitUntilReadyAsync(ReadyPatience, cancellation);
            return $"dashboard {miner.Dashboard}";
        });
        return miner!;
    }

    async Task<AxonTarget> FindMinerAsync(Hotkey hotkey, DemoNetwork network, SubtensorClient chain, CancellationToken cancellation)
    {
        AxonInfo? axon = null;
        await steps.RunAsync("Axon served on chain by a signed extrinsic", async () =>
        {
            await Demand.SoonAsync(
                async () => (axon = await chain.GetAxonAsync(network.Netuid, hotkey, cancellation)) is { IsServing: true },
                "the chain holds no axon of the miner",
                cancellation);
            return $"{axon!.Ip}:{axon.Port}, version {axon.Version}, block {axon.Block}";
        });
        await steps.RunAsync("Validator reads the metagraph", async () =>
        {
            var metagraph = await chain.GetMetagraphAsync(network.Netuid, cancellation);
            Demand.That(metagraph.TryGetNeuron(hotkey, out var neuron), "the miner is not in the metagraph");
            return $"{metagraph.Neurons.Length} neurons at block {metagraph.Block}, the miner is uid {neuron!.Uid.Value}";
        });
        return new AxonTarget(new IPEndPoint(axon!.Ip, axon.Port), hotkey);
    }

    ContainerOptions ContainersOf(Hotkey hotkey) => new() { Endpoint = docker, Instance = MinerInstance.Of(hotkey), NamePrefix = Prefix };

    static string Port(int port) => port.ToString(CultureInfo.InvariantCulture);

    T Own<T>(T resource)
        where T : IAsyncDisposable
    {
        _resources.Push(resource);
        return resource;
    }
}
