using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
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
    readonly string? _searchPath;
    readonly DemoNetwork _network;
    readonly DockerEngine _engine;
    readonly DockerEngine _foreign;
    readonly Wallet _wallet;
    readonly string _prefix;
    readonly ushort _sshPort = FreePort.Next();
    readonly IPEndPoint _admin = new(IPAddress.Loopback, FreePort.Next());
    string? _marker;
    DemoMiner? _miner;
    TimeSpan _later;
    int _starts;
    bool _startedWithSpare;

    DrillMachine(DemoDirectory directory, Uri docker, string? searchPath, DemoNetwork network, ILoggerFactory loggers)
    {
        (_directory, _docker, _searchPath, _network) = (directory, docker, searchPath, network);
        _wallet = new Wallet(directory.Wallets, "drill", "miner");
        using var secrets = KeySecrets.FromMnemonic(Mnemonic.Generate());
        using var coldkey = Keypair.FromMnemonic(Mnemonic.Generate());
        _wallet.CreateHotkey(secrets);
        _wallet.CreateColdkeyPublic(coldkey.Coldkey);
        var hotkey = secrets.Keypair.Hotkey;
        network.Fund(coldkey.Coldkey);
        network.Chain.RegisterNeuron(network.Netuid, hotkey, coldkey.Coldkey);
        Target = new AxonTarget(new IPEndPoint(Address, FreePort.Next()), hotkey);
        var instance = MinerInstance.Of(hotkey);
        // Drills on the same Docker Engine keep out of each other's way.
        _prefix = $"drill-{instance}-";
        _engine = new DockerEngine(Options(instance, _prefix, _sshPort), TimeProvider.System, loggers);
        _foreign = new DockerEngine(
            Options(instance + "-marker", _prefix + "marker-", FreePort.Next()), TimeProvider.System, loggers);
    }

    public AxonTarget Target { get; }

    public Keypair Validator => _network.Validator;

    /// <summary>The miner keeps a container ahead; counts from its next start.</summary>
    public bool Spare { get; set; }

    /// <summary>Somebody listens on the renters' port: the engine publishes it for a container.</summary>
    public bool IsPublished => Array.Exists(IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners(), each => each.Port == _sshPort);

    string Network => _prefix + "network";

    string Order => Path.Combine(_directory.Root, "order");

    /// <param name="directory">Where everything of it lies.</param>
    /// <param name="docker">The engine under it.</param>
    /// <param name="searchPath">Where the miner looks for programs; null for where this process does.</param>
    /// <param name="loggers">Of this process.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<DrillMachine> StartAsync(
        DemoDirectory directory, Uri docker, string? searchPath, ILoggerFactory loggers, CancellationToken cancellation)
    {
        var network = await DemoNetwork.StartAsync(TimeSpan.FromSeconds(1), cancellation);
        var machine = new DrillMachine(directory, docker, searchPath, network, loggers);
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

    /// <summary>Kills the miner wherever it is.</summary>
    public async Task KillAsync(CancellationToken cancellation)
    {
        _miner!.Kill();
        await _miner.WaitForExitAsync(DeathPatience, cancellation);
    }

    /// <summary>Deletes all that the dead miner had written.</summary>
    public void LoseState() => Directory.Delete(_directory.State, recursive: true);

    /// <summary>Starts the miner again and asks <paramref name="meanwhile"/> over and over until it is ready.</summary>
    public async Task StartMinerAsync(Func<Task>? meanwhile, CancellationToken cancellation)
    {
        await LaunchAsync(null);
        var ready = _miner!.WaitUntilReadyAsync(ReadyPatience, cancellation);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (meanwhile is not null && !ready.IsCompleted)
        {
            await meanwhile();
            await pause.WaitForNextTickAsync(cancellation);
        }
        await ready;
    }

    /// <summary>Starts the miner and lets it die of its order before it is ready, or after.</summary>
    public async Task StartMinerToDieAsync(DrillPoint point, CancellationToken cancellation)
    {
        await LaunchAsync(point);
        await WaitForDeathAsync(point, cancellation);
    }

    /// <summary>Starts the miner, which cannot work and has to say so.</summary>
    public async Task<int?> StartMinerInVainAsync(CancellationToken cancellation)
    {
        await LaunchAsync(null);
        return await _miner!.WaitForExitAsync(DeathPatience, cancellation);
    }

    /// <summary>Starts the miner without waiting for anything.</summary>
    public Task LaunchAsync() => LaunchAsync(null);

    /// <summary>Has the running miner keep a container ahead, or none.</summary>
    public async Task UseSpareAsync(bool spare, CancellationToken cancellation)
    {
        Spare = spare;
        if (_startedWithSpare != spare)
            await StartMinerAsync(null, cancellation);
    }

    /// <summary>Lets the renter's frozen container go on behind the miner's back.</summary>
    public async Task ThawAsync(CancellationToken cancellation)
    {
        foreach (var each in await ListAsync(cancellation))
            await _engine.ResumeAsync(each.Id, cancellation);
    }

    /// <exception cref="InvalidOperationException">A volume tells whose a container is that is not there.</exception>
    public async Task RequireNoOrphanVolumeAsync(CancellationToken cancellation) => await Demand.SoonAsync(
        async () => await _engine.CountFactsAsync(cancellation) == 0, "a volume is left behind", cancellation);

    async Task LaunchAsync(DrillPoint? point)
    {
        if (_miner is not null)
            await _miner.DisposeAsync();
        Arm(point);
        _startedWithSpare = Spare;
        _miner = DemoMiner.Start(
            [
                "run", "--netuid", _network.Netuid.Value.ToString(CultureInfo.InvariantCulture), "--subtensor.chain_endpoint", _network.Chain.Endpoint.ToString(),
                "--wallet.path", _wallet.Path, "--wallet.name", _wallet.Name, "--wallet.hotkey", _wallet.HotkeyName,
                "--axon.port", Text(Target.EndPoint.Port), "--axon.external_ip", Address.ToString(), "--ssh.port", Text(_sshPort),
                "--container.docker", _docker.ToString(), "--container.name-prefix", _prefix, "--container.network", Network, $"--container.spare={(Spare ? "true" : "false")}",
                // A rental on this machine keeps its GPUs to itself.
                "--container.gpus", "none", "--challenge.enabled=false",
                "--container.egress", "off", "--state.dir", _directory.State, "--admin.address", _admin.ToString(), "--registry", "off",
            ],
            _admin,
            $"{_directory.MinerLog}.{++_starts}",
            new Dictionary<string, string?>
            {
                [DrillOrder.Variable] = Order,
                ["PATH"] = _searchPath ?? Environment.GetEnvironmentVariable("PATH"),
            });
    }

    /// <summary>The containers of the miner under drill.</summary>
    public Task<IReadOnlyList<ContainerRecord>> ListAsync(CancellationToken cancellation) => _engine.ListAsync(cancellation);

    /// <exception cref="InvalidOperationException">The other miner's container is not what it was.</exception>
    /// <param name="mayRest">Its engine was taken from under it: it need not run, only be there.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task RequireMarkerAsync(bool mayRest, CancellationToken cancellation)
    {
        var all = await _foreign.ListAsync(cancellation);
        Demand.That(
            all is [var only] && only.Id == _marker && (mayRest || only.State == ContainerState.Running), "another miner's container was touched");
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
        var port = FreePort.Next();
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
