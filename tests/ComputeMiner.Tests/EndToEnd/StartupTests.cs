using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Bittensor.Dendrite;
using Bittensor.Keys;
using ComputeMiner.Tests.Containers;
using ComputeMiner.Validator;

namespace ComputeMiner.Tests.EndToEnd;

public sealed class StartupTests : IDisposable
{
    static readonly string[] Order =
        ["configuration", "logging", "wallet", "chain", "metagraph", "docker", "image", "gpus", "lists", "axon", "registry", "allocations", "serving"];

    readonly TemporaryDirectory _directory = new();
    readonly KeySecrets _hotkey = KeySecrets.FromMnemonic(Mnemonic.Generate());
    readonly int _axon = FreePort.Next();
    readonly int _admin = FreePort.Next();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _hotkey.Dispose();
        _directory.Dispose();
    }

    /// <summary>No chain answers and the image is nowhere: the axon answers, and the status says what is waited for and what helps.</summary>
    [Fact]
    public async Task Run_WithoutChainAndImage_AnswersPingsAndSaysWhatItWaitsFor()
    {
        await using var miner = Start();

        var steps = await StepsAsync(steps => steps["docker"].Done);

        Assert.Equal(200, await PingAsync());
        Assert.Equal(Order, steps.Keys);
        Assert.All((string[])["chain", "metagraph", "image", "serving"], name => Assert.False(steps[name].Done, name));
        Assert.All((string[])["configuration", "logging", "wallet", "docker", "lists", "axon", "registry"], name => Assert.True(steps[name].Done, name));
        Assert.Contains("--subtensor.chain_endpoint", steps["chain"].Remedy, StringComparison.Ordinal);
        Assert.Contains("miner doctor", steps["image"].Remedy, StringComparison.Ordinal);
        Assert.Contains("miner register", steps["serving"].Remedy, StringComparison.Ordinal);
    }

    /// <summary>The engine takes the connection and says nothing, the driver's program does not end: neither keeps the axon, the status or the stop.</summary>
    [Fact]
    public async Task Run_EngineAndDriverHang_AnswersPingsSaysSoAndStops()
    {
        using var engine = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        engine.Bind(new UnixDomainSocketEndPoint(_directory.At("docker.sock")));
        engine.Listen();
        var driver = _directory.At("nvidia-smi");
        File.WriteAllText(driver, "#!/bin/sh\nexec sleep 600\n");
        File.SetUnixFileMode(driver, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await using var miner = Start(new()
        {
            ["PATH"] = $"{_directory.Path}:{Environment.GetEnvironmentVariable("PATH")}",
            ["DOCKER_HOST"] = $"unix://{_directory.At("docker.sock")}",
        });

        var steps = await StepsAsync(steps => !steps["gpus"].Done);

        Assert.Equal(200, await PingAsync());
        Assert.Equal(Order, steps.Keys);
        Assert.All((string[])["docker", "image", "gpus", "allocations", "serving"], name => Assert.False(steps[name].Done, name));
        Assert.Contains("systemctl restart docker", steps["docker"].Remedy, StringComparison.Ordinal);
        Assert.NotNull(steps["allocations"].Remedy);
        miner.Interrupt();
        Assert.Equal(0, await miner.WaitForExitAsync());
    }

    MinerProcess Start(Dictionary<string, string?>? environment = null)
    {
        new Wallet(_directory.At("wallets")).CreateHotkey(_hotkey);
        return MinerProcess.Start(
        [
            "run", "--wallet.path", _directory.At("wallets"), "--state.dir", _directory.At("state"), "--subtensor.chain_endpoint", "ws://127.0.0.1:9",
            "--axon.port", Text(_axon), "--admin.address", $"127.0.0.1:{_admin}", "--ssh.port", Text(FreePort.Next()),
            "--container.name-prefix", $"{DockerFixture.Instance}-startup-", "--container.network", DockerFixture.Instance, "--container.spare=false",
            "--container.image", "no-such-image.invalid/nothing:0", "--registry", "off",
        ], environment);
    }

    async Task<int?> PingAsync()
    {
        using var dendrite = new DendriteClient(Keypair.FromUri("//Validator"), new DendriteOptions());
        using var key = System.Security.Cryptography.RSA.Create(2048);
        var session = new ValidatorSession(dendrite, new AxonTarget(new IPEndPoint(IPAddress.Loopback, _axon), _hotkey.Keypair.Hotkey), key);
        return (await session.PingAsync(Cancellation)).StatusCode;
    }

    /// <summary>The steps in their order, once they are as wanted.</summary>
    async Task<OrderedDictionary<string, (bool Done, string? Remedy)>> StepsAsync(Func<OrderedDictionary<string, (bool Done, string? Remedy)>, bool> wanted)
    {
        using var http = new HttpClient();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (true)
        {
            try
            {
                using var status = JsonDocument.Parse(await http.GetStringAsync(new Uri($"http://127.0.0.1:{_admin}/status"), limit.Token));
                OrderedDictionary<string, (bool Done, string? Remedy)> steps = new(status.RootElement.GetProperty("startup").EnumerateArray().Select(
                    step => KeyValuePair.Create(step.GetProperty("name").GetString()!, (step.GetProperty("done").GetBoolean(), step.GetProperty("remedy").GetString()))));
                if (wanted(steps))
                    return steps;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
            await pause.WaitForNextTickAsync(limit.Token);
        }
    }

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
