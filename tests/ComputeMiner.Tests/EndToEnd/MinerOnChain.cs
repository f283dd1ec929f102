using System.Globalization;
using System.Net;
using Bittensor.Dendrite;
using Bittensor.Keys;
using Bittensor.Subtensor;
using ComputeMiner.Tests.Containers;
using DevNet;

namespace ComputeMiner.Tests.EndToEnd;

/// <summary>The whole program on a dev chain, with a validator that has stake; it can be killed and started again on the same state.</summary>
sealed class MinerOnChain : IAsyncDisposable
{
    const ulong Tao = 1_000_000_000;

    static readonly Netuid Netuid = new(27);

    readonly string _directory = Directory.CreateTempSubdirectory("computeminer-tests-").FullName;
    readonly ushort _axonPort = FreePort.Next();
    readonly ushort _adminPort = FreePort.Next();
    readonly ushort _sshPort = FreePort.Next();
    readonly DevChain _chain;
    bool _runs;

    MinerOnChain(DevChain chain)
    {
        _chain = chain;
        using var hotkey = KeySecrets.FromMnemonic(Mnemonic.Generate(12));
        new Wallet(_directory).CreateHotkey(hotkey);
        Hotkey = hotkey.Keypair.Hotkey;
        using var owner = Keypair.FromUri("//Owner");
        chain.RegisterNeuron(Netuid, Hotkey, owner.Coldkey);
        chain.RegisterNeuron(Netuid, Validator.Hotkey, owner.Coldkey);
        chain.SetStake(Netuid, Validator.Hotkey, 50_000 * Tao);
    }

    /// <summary>Its state directory.</summary>
    public Keypair Validator { get; } = Keypair.FromUri("//Validator");

    public Hotkey Hotkey { get; }

    public IPEndPoint Admin => new(IPAddress.Loopback, _adminPort);

    public string State => Path.Combine(_directory, "state");

    public string Chain => _chain.Endpoint.ToString();

    public DevChain Network => _chain;

    public AxonTarget Target => new(new IPEndPoint(IPAddress.Loopback, _axonPort), Hotkey);

    public MinerProcess Process { get; private set; } = null!;

    public static async Task<MinerOnChain> CreateAsync(DevRuntime runtime = DevRuntime.Current, TimeSpan? blockTime = null) =>
        new(await DevChain.StartAsync(new DevChainOptions { BlockTime = blockTime ?? TimeSpan.FromMilliseconds(250), Runtime = runtime }));

    /// <summary>Starts the miner and waits until it admits the validator, which needs the metagraph.</summary>
    public async Task StartAsync(params string[] arguments)
    {
        Process = MinerProcess.Start(
        [
            "run", "--wallet.path", _directory, "--state.dir", State, "--subtensor.chain_endpoint", Chain,
            "--axon.port", Text(_axonPort), "--admin.address", Admin.ToString(), "--ssh.port", Text(_sshPort), "--axon.external_ip", "127.0.0.2",
            "--container.name-prefix", $"{DockerFixture.Instance}-gate-", "--container.network", DockerFixture.Instance, "--container.spare=false",
            .. arguments,
        ]);
        _runs = true;
        await Process.WaitForLineAsync("The axon listens at");
        using var http = new HttpClient();
        using var often = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(5));
        while (!await AdmitsAsync())
            await often.WaitForNextTickAsync(patience.Token);

        async Task<bool> AdmitsAsync()
        {
            try
            {
                var answer = await http.GetStringAsync(new Uri($"http://{Admin}/admission/{Validator.Hotkey}"), patience.Token);
                return answer.Contains("\"admitted\": true", StringComparison.Ordinal);
            }
            catch (HttpRequestException)
            {
                // The admin address comes after the axon.
                return false;
            }
        }
    }

    /// <summary>SIGKILL.</summary>
    public async ValueTask KillAsync()
    {
        await Process.DisposeAsync();
        _runs = false;
    }

    public async ValueTask DisposeAsync()
    {
        if (_runs)
            await Process.DisposeAsync();
        await _chain.DisposeAsync();
        Validator.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    static string Text(ushort number) => number.ToString(CultureInfo.InvariantCulture);
}
