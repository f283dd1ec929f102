using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Bittensor.Compute;
using Bittensor.Dendrite;
using Bittensor.Keys;
using ComputeMiner.Containers;
using ComputeMiner.Demo;
using ComputeMiner.Drill;
using ComputeMiner.Validator;
using DevNet;
using Microsoft.Extensions.Logging.Abstractions;

namespace ComputeMiner.Tests.EndToEnd;

/// <summary>The real program as a miner on a dev chain, with a validator that rents it. Takes its containers along.</summary>
sealed class RentedMiner : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    readonly string _directory = Directory.CreateTempSubdirectory("computeminer-tests-").FullName;
    readonly DemoNetwork _network;
    readonly DendriteClient _dendrite;
    readonly RSA _key = RSA.Create(2048);
    readonly ValidatorSession _session;
    readonly AxonTarget _target;
    readonly int _sshPort = FreePort.Next();
    readonly IPEndPoint _admin = new(IPAddress.Loopback, FreePort.Next());
    readonly DockerEngine _engine;
    MinerProcess _miner = null!;
    SilentSocket? _silentDocker;

    readonly string[] _arguments;
    TimeSpan _later;

    RentedMiner(DemoNetwork network, string[] arguments)
    {
        (_network, _arguments) = (network, arguments);
        var wallet = new Wallet(Path.Combine(_directory, "wallets"), "default", "default");
        using var coldkey = Keypair.FromMnemonic(Mnemonic.Generate());
        using var secrets = KeySecrets.FromMnemonic(Mnemonic.Generate());
        wallet.CreateHotkey(secrets);
        wallet.CreateColdkeyPublic(coldkey.Coldkey);
        network.Chain.RegisterNeuron(network.Netuid, secrets.Keypair.Hotkey, coldkey.Coldkey);
        _target = new AxonTarget(new IPEndPoint(IPAddress.Loopback, FreePort.Next()), secrets.Keypair.Hotkey);
        _dendrite = new DendriteClient(network.Validator, new DendriteOptions());
        _session = new ValidatorSession(_dendrite, _target, _key);
        _engine = new DockerEngine(
            new ContainerOptions { Instance = MinerInstance.Of(_target.Hotkey) }, TimeProvider.System, NullLoggerFactory.Instance);
    }

    public string State => Path.Combine(_directory, "state");

    public int AxonPort => _target.EndPoint.Port;

    public DevRegistry Registry => _network.Registry;

    public Hotkey Hotkey => _target.Hotkey;

    public Hotkey Validator => _network.Validator.Hotkey;

    /// <param name="cancellation">Ends the start.</param>
    /// <param name="arguments">More of the miner's own.</param>
    public static async Task<RentedMiner> StartAsync(CancellationToken cancellation, params string[] arguments)
    {
        var world = new RentedMiner(await DemoNetwork.StartAsync(TimeSpan.FromSeconds(1), cancellation), arguments);
        await world.StartMinerAsync(cancellation);
        return world;
    }

    /// <summary>Newcomers take every place of the subnet, the miner's too; the validator has its own again at once.</summary>
    public void LoseRegistration() => _network.Chain.Change(changes =>
    {
        changes.SetMaxAllowedUids(_network.Netuid, 3);
        foreach (var newcomer in (string[])["//One", "//Two", "//Three"])
        {
            using var pair = Keypair.FromUri(newcomer);
            changes.RegisterNeuron(_network.Netuid, pair.Hotkey, pair.Coldkey);
        }
        changes.RegisterNeuron(_network.Netuid, _network.Validator.Hotkey, new Coldkey(DevAccounts.Alice));
        changes.SetStake(_network.Netuid, _network.Validator.Hotkey, 50_000_000_000_000);
        changes.SetValidatorPermit(_network.Netuid, _network.Validator.Hotkey);
    });

    public void Register() => _network.Chain.Change(changes =>
    {
        changes.SetMaxAllowedUids(_network.Netuid, 256);
        changes.RegisterNeuron(_network.Netuid, _target.Hotkey, new Coldkey(DevAccounts.Bob));
    });

    /// <summary>Waits until the running miner has said something.</summary>
    public Task WaitForLineAsync(string text) => _miner.WaitForLineAsync(text);

    /// <summary>SIGKILL, and a new process; where it is to forget, the state directory is deleted in between.</summary>
    public async Task KillAndStartAsync(CancellationToken cancellation, bool forget = false)
    {
        await _miner.DisposeAsync();
        if (forget)
            Directory.Delete(State, recursive: true);
        await StartMinerAsync(cancellation);
    }

    /// <summary>SIGKILL, and a new process whose Docker takes connections and says nothing; it has read the chain then.</summary>
    public async Task KillAndStartWhileDockerHangsAsync(CancellationToken cancellation)
    {
        await _miner.DisposeAsync();
        _silentDocker = SilentSocket.Listen(Path.Combine(_directory, "docker.sock"));
        Launch(new() { ["DOCKER_HOST"] = $"unix://{_silentDocker.Path}" });
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!(await TryStatusAsync() is { } status
            && status.GetProperty("startup").EnumerateArray().Any(step => step.GetProperty("name").GetString() == "metagraph" && step.GetProperty("done").GetBoolean())))
            await pause.WaitForNextTickAsync(limit.Token);
    }

    public async Task<int> StopAsync()
    {
        _miner.Interrupt();
        return await _miner.WaitForExitAsync();
    }

    public Task<IReadOnlyList<ContainerRecord>> ContainersAsync() => _engine.ListAsync(TestContext.Current.CancellationToken);

    public Task<byte[]?> ReadFileAsync(string container, string path) =>
        _engine.ReadFileAsync(container, path, TestContext.Current.CancellationToken);

    /// <summary>Waits until the status says this of the container kept ahead.</summary>
    public async Task UntilSpareAsync(string wanted, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while ((await StatusAsync()).GetProperty("spare").GetString() != wanted)
            await pause.WaitForNextTickAsync(limit.Token);
    }

    /// <summary>Makes it later for the miner.</summary>
    public void Pass(TimeSpan time)
    {
        _later += time;
        DrillOrder.Write(Order, _later, null);
    }

    string Order => Path.Combine(_directory, "order");

    /// <summary>What a caller sends who waits no longer than he says, or goes.</summary>
    public async Task<bool> AllocateAsync(int days, bool testing, CancellationToken leave) =>
        Status(await _session.AllocateAsync(days, "", testing, leave));

    /// <summary>Asks for the machine with a timeout that is over before it can be given; the answer may not even arrive.</summary>
    public async Task<bool> AllocateWithinAsync(TimeSpan timeout)
    {
        var synapse = new AllocateSynapse { Timeline = 1, Checking = false, PublicKey = _session.PublicKey };
        return Status(await _dendrite.CallAsync(_target, synapse, timeout, TestContext.Current.CancellationToken));
    }

    public async Task<bool> AllocateAsync() => Status(await _session.AllocateAsync(1, "", testing: false, TestContext.Current.CancellationToken));

    /// <summary>The same, with what the renter logs in with.</summary>
    public async Task<SshCredentials> RentAsync()
    {
        var answer = await _session.AllocateAsync(1, "", testing: false, TestContext.Current.CancellationToken);
        Assert.NotNull(answer.Synapse.Output.Info);
        return SealedCredentials.Open(answer.Synapse.Output.Info, _key);
    }

    public async Task<bool> DeallocateAsync() => Status(await _session.DeallocateAsync(TestContext.Current.CancellationToken));

    public async Task<bool> IsFreeAsync() => Status(await _session.CheckAsync(TestContext.Current.CancellationToken));

    public Task<DendriteResponse<ChallengeSynapse>> ChallengeAsync() =>
        _session.ChallengeAsync(ProofOfWork.Make(3, 610).Challenge, TestContext.Current.CancellationToken);

    public async Task<bool> HoldsAsync() => Status(await _session.StatusAsync(TestContext.Current.CancellationToken));

    public async Task UntilFreeAsync(CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await IsFreeAsync())
            await pause.WaitForNextTickAsync(limit.Token);
    }

    /// <summary>Runs a command of the program on this miner's state directory.</summary>
    public Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments) =>
        MinerProcess.RunAsync([.. arguments, "--state.dir", State]);

    /// <summary>The same, which has to say nothing on standard error.</summary>
    public async Task<(int ExitCode, string Output)> CommandAsync(params string[] arguments)
    {
        var (exitCode, output, errors) = await RunAsync(arguments);
        Assert.Equal("", errors);
        return (exitCode, output);
    }

    public async Task<JsonElement> StatusAsync()
    {
        var (_, output, _) = await MinerProcess.RunAsync(["status", "--json", "--admin.address", _admin.ToString()]);
        return JsonDocument.Parse(output).RootElement;
    }

    /// <summary>Null while nobody answers, as between two versions of the miner.</summary>
    public async Task<JsonElement?> TryStatusAsync()
    {
        using var http = new HttpClient();
        try
        {
            return JsonDocument.Parse(await http.GetStringAsync(new Uri($"http://{_admin}/status"), TestContext.Current.CancellationToken)).RootElement;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _miner.DisposeAsync();
        _silentDocker?.Dispose();
        foreach (var left in await _engine.ListAsync(CancellationToken.None))
            await _engine.RemoveAsync(left.Id, CancellationToken.None);
        _engine.Dispose();
        _key.Dispose();
        _dendrite.Dispose();
        await _network.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    static bool Status(DendriteResponse<AllocateSynapse> answer) => answer.Synapse.Output.Status == true;

    void Launch(Dictionary<string, string?> environment)
    {
        DrillOrder.Write(Order, _later, null);
        _miner = MinerProcess.Start(
        [
            "run", "--netuid", Text(_network.Netuid.Value), "--subtensor.chain_endpoint", _network.Chain.Endpoint.ToString(),
            "--wallet.path", Path.Combine(_directory, "wallets"), "--axon.port", Text(_target.EndPoint.Port), "--axon.external_ip", "127.0.0.2",
            "--ssh.port", Text(_sshPort), "--container.name-prefix", $"operator-{_sshPort}-", "--state.dir", State, "--admin.address", _admin.ToString(),
            "--registry", "wandb", "--registry.url", _network.Registry.Endpoint.ToString(), .. _arguments,
        ], new Dictionary<string, string?>(environment) { ["WANDB_API_KEY"] = DevRegistryAccount.Default.Key, [DrillOrder.Variable] = Order });
    }

    async Task StartMinerAsync(CancellationToken cancellation)
    {
        Launch([]);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        using var http = new HttpClient();
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!await IsReadyAsync(http, limit.Token))
            await pause.WaitForNextTickAsync(limit.Token);
    }

    async Task<bool> IsReadyAsync(HttpClient http, CancellationToken cancellation)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri($"http://{_admin}/readyz"), cancellation);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
