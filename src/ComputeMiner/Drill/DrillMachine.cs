using System.Globalization;
using System.Net;
using Bittensor.Dendrite;
using Bittensor.Keys;
using ComputeMiner.Containers;
using ComputeMiner.Containers.Egress;
using ComputeMiner.Demo;

namespace ComputeMiner.Drill;

/// <summary>The miner under drill: this very program, on a dev chain, with a wallet, a state and containers of its own, started again and again.</summary>
sealed class DrillMachine : IAsyncDisposable
{

    // SIGKILL, as the exit code of a process that died of it.
    const int Killed = 128 + 9;

    static readonly TimeSpan ReadyPatience = TimeSpan.FromMinutes(15);
    static readonly TimeSpan DeathPatience = TimeSpan.FromSeconds(40);
    static readonly IPAddress Address = IPAddress.Parse("127.0.0.2");

    readonly DemoDirectory _directory;
    readonly Uri _docker;
    readonly DemoNetwork _network;
    readonly DockerEngine _engine;
    readonly DockerEngine _foreign;
    readonly Wallet _wallet;
    readonly string _prefix;
    readonly ushort _sshPort = (ushort)DemoMiner.FreePort();
    readonly IPEndPoint _admin = new(IPAddress.Loopback, DemoMiner.FreePort());
    string? _marker;
    DemoMiner? _miner;
    TimeSpan _later;
    int _starts;

    DrillMachine(DemoDirectory directory, Uri docker, DemoNetwork network, ILoggerFactory loggers)
    {
        (_directory, _docker, _network) = (directory, docker, network);
        _wallet = new Wallet(directory.Wallets, "drill", "miner");
        using var secrets = KeySecrets.FromMnemonic(Mnemonic.Generate());
        using var coldkey = Keypair.FromMnemonic(Mnemonic.Generate());
        _wallet.CreateHotkey(secrets);
        _wallet.CreateColdkeyPublic(coldkey.Coldkey);
        var hotkey = secrets.Keypair.Hotkey;
        network.Fund(coldkey.Coldkey);
        network.Chain.RegisterNeuron(network.Netuid, hotkey, coldkey.Coldkey);
        Target = new AxonTarget(new IPEndPoint(Address, DemoMiner.FreePort()), hotkey);
        var instance = MinerInstance.Of(hotkey);
        // Drills on the same Docker Engine keep out of each other's way.
        _prefix = $"drill-{instance}-";
        _engine = new DockerEngine(Options(instance, _prefix, _sshPort), TimeProvider.System, loggers);
        _foreign = new DockerEngine(
            Options(instance + "-marker", _prefix + "marker-", (ushort)DemoMiner.FreePort()), TimeProvider.System, loggers);
    }

    public AxonTarget Target { get; }

    public Keypair Validator => _network.Validator;

    string Network => _prefix + "network";

    string Order => Path.Combine(_directory.Root, "order");

    public static async Task<DrillMachine> StartAsync(DemoDirectory directory, Uri docker, ILoggerFactory loggers, CancellationToken cancellation)
    {
        var network = await DemoNetwork.StartAsync(TimeSpan.FromSeconds(1), cancellation);
        var machine = new DrillMachine(directory, docker, network, loggers);
        try
        {
            await machine.StartMinerAsync(null, cancellation);
            await machine.MakeMarkerAsync(cancellation);
        }
        catch
        {
            await machine.DisposeAsync();
            throw;
        }
        return machine;
    }

    /// <summary>Tells the running miner where to die.</summary>
    public void Arm(DrillPoint? point) => DrillOrder.Write(Order, _later, point);

    /// <summary>Makes it later for the miner, for good.</summary>
    public void Pass(TimeSpan time, DrillPoint? point)
    {
        _later += time;
        Arm(point);
    }

    /// <summary>Waits until the miner died of its order.</summary>
    /// <exception cref="InvalidOperationException">It did not, or not there.</exception>
    public async Task WaitForDeathAsync(DrillPoint point, CancellationToken cancellation)
    {
        var code = await _miner!.WaitForExitAsync(DeathPatience, cancellation)
            ?? throw new InvalidOperationException("the miner never came to this step");
        var note = Order + ".died";
        var place = File.Exists(note) ? await File.ReadAllTextAsync(note, cancellation) : "nowhere that is known";
        File.Delete(note);
        Demand.That(code == Killed, $"the miner ended with exit code {code} instead of dying");
        Demand.That(place == $"{point.Step} {(point.After ? "after" : "before")}", $"the miner died at {place}");
    }

    /// <summary>Kills the miner wherever it is, and deletes all that it had written.</summary>
    public async Task LoseStateAsync(CancellationToken cancellation)
    {
        _miner!.Kill();
        await _miner.WaitForExitAsync(DeathPatience, cancellation);
        Directory.Delete(_directory.State, recursive: true);
    }

    /// <summary>Starts the miner again and asks <paramref name="meanwhile"/> over and over until it is ready.</summary>
    public async Task StartMinerAsync(Func<Task>? meanwhile, CancellationToken cancellation)
    {
        if (_miner is not null)
            await _miner.DisposeAsync();
        Arm(null);
        _miner = DemoMiner.Start(
            [
                "run", "--netuid", _network.Netuid.Value.ToString(CultureInfo.InvariantCulture), "--subtensor.chain_endpoint", _network.Chain.Endpoint.ToString(),
                "--wallet.path", _wallet.Path, "--wallet.name", _wallet.Name, "--wallet.hotkey", _wallet.HotkeyName,
                "--axon.port", Text(Target.EndPoint.Port), "--axon.external_ip", Address.ToString(), "--ssh.port", Text(_sshPort),
                "--container.docker", _docker.ToString(), "--container.name-prefix", _prefix, "--container.network", Network, "--container.spare=false",
                "--container.egress", "off", "--state.dir", _directory.State, "--admin.address", _admin.ToString(), "--registry", "off",
            ],
            _admin,
            $"{_directory.MinerLog}.{++_starts}",
            new Dictionary<string, string?> { [DrillOrder.Variable] = Order });
        var ready = _miner.WaitUntilReadyAsync(ReadyPatience, cancellation);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (meanwhile is not null && !ready.IsCompleted)
        {
            await meanwhile();
            await pause.WaitForNextTickAsync(cancellation);
        }
        await ready;
    }

    /// <summary>The containers of the miner under drill.</summary>
    public Task<IReadOnlyList<ContainerRecord>> ListAsync(CancellationToken cancellation) => _engine.ListAsync(cancellation);

    /// <exception cref="InvalidOperationException">The other miner's container is not what it was.</exception>
    public async Task RequireMarkerAsync(CancellationToken cancellation)
    {
        var all = await _foreign.ListAsync(cancellation);
        Demand.That(all is [{ State: ContainerState.Running } only] && only.Id == _marker, "another miner's container was touched");
    }

    public async ValueTask DisposeAsync()
    {
        if (_miner is not null)
            await _miner.DisposeAsync();
        foreach (var engine in new[] { _foreign, _engine })
        {
            foreach (var left in await engine.ListAsync(CancellationToken.None))
                await engine.RemoveAsync(left.Id, CancellationToken.None);
        }
        await _engine.RemoveNetworkAsync(CancellationToken.None);
        _foreign.Dispose();
        _engine.Dispose();
        await _network.DisposeAsync();
    }

    // A container of another miner, on the same network.
    async Task MakeMarkerAsync(CancellationToken cancellation)
    {
        var image = await _foreign.PrepareImageAsync(null, cancellation);
        var port = (ushort)DemoMiner.FreePort();
        _marker = await _foreign.CreateAsync(
            new ContainerSpec(_prefix + "marker", image.Id, port, ContainerLabels.Spare), cancellation);
        await _foreign.StartAsync(_marker, cancellation);
    }

    ContainerOptions Options(string instance, string prefix, ushort sshPort) => new()
    {
        Endpoint = _docker, Instance = instance, NamePrefix = prefix, Network = Network, SshPort = sshPort, Egress = { Mode = EgressMode.Off },
    };

    static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
