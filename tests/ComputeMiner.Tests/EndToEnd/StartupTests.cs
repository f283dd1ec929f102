using System.Globalization;
using System.Net;
using System.Text.Json;
using Bittensor.Dendrite;
using Bittensor.Keys;
using Bittensor.Subtensor;
using ComputeMiner.Tests.Containers;
using ComputeMiner.Validator;
using DevNet;

namespace ComputeMiner.Tests.EndToEnd;

public sealed class StartupTests : IDisposable
{
    static readonly string[] Order =
        ["configuration", "logging", "wallet", "chain", "metagraph", "docker", "image", "gpus", "lists", "axon", "registry", "allocations", "serving"];

    readonly TemporaryDirectory _directory = new();
    readonly KeySecrets _hotkey = KeySecrets.FromMnemonic(Mnemonic.Generate());
    readonly Keypair _validator = Keypair.FromUri("//Validator");
    readonly int _axon = FreePort.Next();
    readonly int _admin = FreePort.Next();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _hotkey.Dispose();
        _validator.Dispose();
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
        var (_, status, _) = await MinerProcess.RunAsync(["status", "--admin.address", $"127.0.0.1:{_admin}"]);
        Assert.Matches(@"chain: for\s[0-9]+\ss,\sno", status);
    }

    /// <summary>
    /// The engine takes the connection and says nothing, the driver's program does not end: neither keeps the axon, the status or the stop, and a
    /// validator is told that the machine is not free.
    /// </summary>
    [Fact]
    public async Task Run_EngineAndDriverHang_AnswersPingsAndChecksSaysSoAndStops()
    {
        await using var chain = await DevChain.StartAsync(new DevChainOptions { BlockTime = TimeSpan.FromMilliseconds(250) }, Cancellation);
        Register(chain);
        using var engine = SilentSocket.Listen(_directory.At("docker.sock"));
        await HangingProgramAsync("nvidia-smi");
        await using var miner = Start(chain.Endpoint.ToString(), new()
        {
            ["PATH"] = $"{_directory.Path}:{Environment.GetEnvironmentVariable("PATH")}",
            ["DOCKER_HOST"] = $"unix://{engine.Path}",
        });

        var steps = await StepsAsync(steps => !steps["gpus"].Done && steps["metagraph"].Done);

        Assert.Equal(200, await PingAsync());
        var check = await CallAsync(session => session.CheckAsync(Cancellation));
        Assert.Equal((200, false), (check.StatusCode, check.Synapse.Output.Status));
        Assert.Equal(Order, steps.Keys);
        Assert.All((string[])["docker", "image", "gpus", "allocations", "serving"], name => Assert.False(steps[name].Done, name));
        Assert.Contains("systemctl restart docker", steps["docker"].Remedy, StringComparison.Ordinal);
        Assert.NotNull(steps["allocations"].Remedy);
        miner.Interrupt();
        Assert.Equal(0, await miner.WaitForExitAsync());
    }

    /// <summary>Challenges are on and hashcat never answers: the machine is handed out, and challenges are answered as without hashcat.</summary>
    [Fact]
    public async Task Run_HashcatHangs_ServesSaysSoAndStops()
    {
        var hashcat = await HangingProgramAsync("hashcat");
        await using var miner = await RentedMiner.StartAsync(Cancellation, "--challenge.enabled", "--miner.hashcat.path", hashcat);

        var steps = (await miner.StatusAsync()).GetProperty("startup").EnumerateArray().ToDictionary(step => step.GetProperty("name").GetString()!);

        Assert.Equal([.. Order[..8], "hashcat", .. Order[8..]], steps.Keys);
        Assert.All(Order, name => Assert.True(steps[name].GetProperty("done").GetBoolean(), name));
        Assert.False(steps["hashcat"].GetProperty("done").GetBoolean());
        Assert.Contains("--challenge.enabled", steps["hashcat"].GetProperty("remedy").GetString(), StringComparison.Ordinal);
        Assert.True(await miner.IsFreeAsync());
        var challenge = await miner.ChallengeAsync();
        Assert.Equal(200, challenge.StatusCode);
        Assert.Null(challenge.Synapse.Output.Password);
        Assert.True(await miner.AllocateAsync());
        Assert.Equal(0, await miner.StopAsync());
    }

    /// <summary>A program of the test's directory that does not end.</summary>
    async Task<string> HangingProgramAsync(string name)
    {
        await File.WriteAllTextAsync(_directory.At("hang"), "#!/bin/sh\nexec sleep 600\n", Cancellation);
        // Another program makes the executable: a fork of a parallel test cannot hold it open for writing, which would forbid to run it.
        await HostCommand.RunAsync("install", ["-m", "755", _directory.At("hang"), _directory.At(name)]);
        return _directory.At(name);
    }

    void Register(DevChain chain)
    {
        using var owner = Keypair.FromUri("//Owner");
        chain.RegisterNeuron(new Netuid(27), _hotkey.Keypair.Hotkey, owner.Coldkey);
        chain.RegisterNeuron(new Netuid(27), _validator.Hotkey, owner.Coldkey);
        chain.SetStake(new Netuid(27), _validator.Hotkey, 50_000_000_000_000);
    }

    MinerProcess Start(string chain = "ws://127.0.0.1:9", Dictionary<string, string?>? environment = null)
    {
        new Wallet(_directory.At("wallets")).CreateHotkey(_hotkey);
        return MinerProcess.Start(
        [
            "run", "--wallet.path", _directory.At("wallets"), "--state.dir", _directory.At("state"), "--subtensor.chain_endpoint", chain,
            "--axon.port", Text(_axon), "--admin.address", $"127.0.0.1:{_admin}", "--ssh.port", Text(FreePort.Next()),
            "--container.name-prefix", $"{DockerFixture.Instance}-startup-", "--container.network", DockerFixture.Instance, "--container.spare=false",
            "--container.image", "no-such-image.invalid/nothing:0", "--registry", "off",
        ], environment);
    }

    async Task<int?> PingAsync() => (await CallAsync(session => session.PingAsync(Cancellation))).StatusCode;

    async Task<T> CallAsync<T>(Func<ValidatorSession, Task<T>> call)
    {
        using var dendrite = new DendriteClient(_validator, new DendriteOptions());
        using var key = System.Security.Cryptography.RSA.Create(2048);
        return await call(new ValidatorSession(dendrite, new AxonTarget(new IPEndPoint(IPAddress.Loopback, _axon), _hotkey.Keypair.Hotkey), key));
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
