using System.Globalization;
using System.Net;
using Bittensor.Dendrite;
using Bittensor.Keys;
using ComputeMiner;
using ComputeMiner.Containers;
using ComputeMiner.Demo;
using Microsoft.Extensions.Logging.Abstractions;

namespace Scenarios;

/// <summary>
/// What a scenario needs around the miner: a dev chain in this process, a staked validator, a stranger, a registered wallet on disk.
/// Disposing stops the miner, removes its containers and its files.
/// </summary>
sealed class ScenarioWorld : IAsyncDisposable
{
    static readonly TimeSpan BlockTime = TimeSpan.FromSeconds(1);
    static readonly TimeSpan ReadyPatience = TimeSpan.FromMinutes(15);

    // The chain refuses 127.0.0.1 as an axon's address.
    static readonly IPAddress Address = IPAddress.Parse("127.0.0.2");

    readonly MinerBuild _build;
    readonly string _directory;
    readonly Wallet _wallet;
    readonly DockerEngine _engine;
    readonly int _sshPort = FreePort.Next();
    DemoMiner? _miner;

    ScenarioWorld(MinerBuild build, DemoNetwork network)
    {
        (_build, Network) = (build, network);
        _directory = Directory.CreateTempSubdirectory("computeminer-bench-").FullName;
        _wallet = new Wallet(Path.Combine(_directory, "wallets"), "bench", "miner");
        using var coldkey = Keypair.FromMnemonic(Mnemonic.Generate());
        using var secrets = KeySecrets.FromMnemonic(Mnemonic.Generate());
        _wallet.CreateHotkey(secrets);
        _wallet.CreateColdkeyPublic(coldkey.Coldkey);
        network.Chain.RegisterNeuron(network.Netuid, secrets.Keypair.Hotkey, coldkey.Coldkey);
        Target = new AxonTarget(new IPEndPoint(IPAddress.Loopback, FreePort.Next()), secrets.Keypair.Hotkey);
        _engine = new DockerEngine(
            new ContainerOptions { Instance = MinerInstance.Of(Target.Hotkey), NamePrefix = Prefix },
            TimeProvider.System, NullLoggerFactory.Instance);
    }

    public DemoNetwork Network { get; }

    // Worlds stand side by side in one scenario.
    string Prefix => $"bench-{_sshPort}-";

    /// <summary>The miner's axon.</summary>
    public AxonTarget Target { get; }

    /// <summary>Port of this machine that leads to the rented container.</summary>
    public int SshPort => _sshPort;

    public DemoMiner Miner => _miner ?? throw new InvalidOperationException("The miner was not started.");

    public static async Task<ScenarioWorld> CreateAsync(MinerBuild build, CancellationToken cancellation) =>
        new(build, await DemoNetwork.StartAsync(BlockTime, cancellation));

    /// <summary>Starts the miner's process and returns at once.</summary>
    /// <param name="spare">Whether it keeps a container ahead.</param>
    /// <param name="cores">Where it may run: it finds that many processors, as on a machine that has no more.</param>
    /// <param name="disk">How much a tenant may write, as --container.disk takes it.</param>
    public void StartMiner(bool spare = true, ulong cores = ulong.MaxValue, string disk = "auto")
    {
        var admin = new IPEndPoint(IPAddress.Loopback, FreePort.Next());
        _miner = Cores.Run(cores, () => DemoMiner.Start(
            _build.Program,
            [
                "run", "--netuid", Text(Network.Netuid.Value), "--subtensor.chain_endpoint", Network.Chain.Endpoint.ToString(),
                "--wallet.path", _wallet.Path, "--wallet.name", _wallet.Name, "--wallet.hotkey", _wallet.HotkeyName,
                "--axon.port", Text(Target.EndPoint.Port), "--axon.external_ip", Address.ToString(), "--ssh.port", Text(_sshPort),
                "--container.name-prefix", Prefix, "--state.dir", Path.Combine(_directory, "state"), "--admin.address", admin.ToString(),
                "--registry", "off", $"--container.spare={(spare ? "true" : "false")}", "--container.disk", disk,
            ],
            admin,
            Path.Combine(_directory, "miner.log")));
    }

    /// <summary>Waits until the miner can deliver: image there, metagraph read.</summary>
    public Task WaitUntilReadyAsync(CancellationToken cancellation) => Miner.WaitUntilReadyAsync(ReadyPatience, cancellation);

    public async Task StopMinerAsync()
    {
        if (_miner is null)
            return;
        await _miner.DisposeAsync();
        _miner = null;
    }

    /// <summary>Waits until the miner keeps a container ahead.</summary>
    public async Task UntilSpareAsync(CancellationToken cancellation)
    {
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!(await ContainersAsync(cancellation)).Any(each => each is { Labels.IsSpare: true, State: ContainerState.Running }))
            await pause.WaitForNextTickAsync(cancellation);
    }

    /// <summary>The containers of this miner.</summary>
    public Task<IReadOnlyList<ContainerRecord>> ContainersAsync(CancellationToken cancellation) => _engine.ListAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        await StopMinerAsync();
        foreach (var container in await ContainersAsync(CancellationToken.None))
            await _engine.RemoveAsync(container.Id, CancellationToken.None);
        _engine.Dispose();
        await Network.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
