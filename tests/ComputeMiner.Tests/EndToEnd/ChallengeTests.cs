using System.Globalization;
using System.Text.Json;
using Bittensor.Keys;
using Bittensor.Subtensor;
using ComputeMiner.Containers;
using ComputeMiner.Tests.Challenges;
using ComputeMiner.Tests.Containers;
using DevNet;

namespace ComputeMiner.Tests.EndToEnd;

/// <summary>The whole miner with challenges on: a signed request, the real hashcat, and what is left when the miner ends.</summary>
[Collection(nameof(HashcatCollection))]
[Trait("Needs", "Docker")]
public sealed class ChallengeTests(HashcatFixture fixture) : IAsyncLifetime
{
    // The image for renters is made on a machine's first run.
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(12);

    static readonly Netuid Netuid = new(27);

    readonly string _directory = Directory.CreateTempSubdirectory("computeminer-tests-").FullName;
    readonly ushort _axon = FreePort.Next();
    readonly ushort _admin = FreePort.Next();
    DevChain _chain = null!;
    Wallet _wallet = null!;
    Hotkey _miner;
    Hotkey _validator;
    string[] _arguments = [];

    public async ValueTask InitializeAsync()
    {
        _chain = await DevChain.StartAsync(new DevChainOptions { BlockTime = TimeSpan.FromMilliseconds(200) });
        _wallet = new Wallet(_directory, "miner");
        _miner = Register(_wallet, DevAccounts.Alice);
        _validator = Register(new Wallet(_directory, "validator"), DevAccounts.Bob);
        // The kernels are compiled already; the miner's own directory gets them instead of compiling for a minute.
        var state = Path.Combine(_directory, "state", "hashcat");
        Directory.CreateDirectory(state);
        await HostCommand.RunAsync("cp", ["-r", Path.Combine(HashcatFixture.State, "hashcat", "cache"), state]);
        _arguments =
        [
            "run", "--subtensor.chain_endpoint", _chain.Endpoint.ToString(), "--wallet.path", _directory, "--wallet.name", "miner",
            "--state.dir", Path.Combine(_directory, "state"), "--axon.port", Text(_axon), "--axon.external_ip", "127.0.0.2",
            "--ssh.port", Text(FreePort.Next()), "--admin.address", $"127.0.0.1:{_admin}", "--registry", "off",
            "--container.name-prefix", $"{DockerFixture.Instance}-challenge-", "--whitelist.hotkeys", _validator.ToString(),
            "--challenge.enabled", "--miner.hashcat.extended.options", string.Join(' ', HashcatFixture.Options),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        await _chain.DisposeAsync();
        using var engine = new DockerEngine(
            new ContainerOptions { Instance = MinerInstance.Of(_miner) }, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);
        foreach (var each in await engine.ListAsync(CancellationToken.None))
            await engine.RemoveAsync(each.Id, CancellationToken.None);
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Challenge_OverTheSignedWire_IsCrackedUnlessSomebodyHasTheMachine()
    {
        Assert.Equal("hashcat", Path.GetFileName(fixture.Program.Path));
        await using var miner = MinerProcess.Start(_arguments);
        await WaitUntilReadyAsync();

        var (code, answer) = await SendAsync("challenge", "--difficulty", "7");
        Assert.True(answer.GetProperty("challenge").GetProperty("solved").GetBoolean(), answer.ToString());
        Assert.Equal((0, 7), (code, answer.GetProperty("challenge").GetProperty("password").GetString()!.Length));
        Assert.InRange(answer.GetProperty("challenge").GetProperty("localExecutionTime").GetDouble(), 0, 60);
        await miner.WaitForLineAsync($"{_validator.ToString()[..8]}/7/");

        // A deadline is an answer, sent before the caller stops waiting.
        (code, answer) = await SendAsync("challenge", "--difficulty", "14", "--wait", "4");
        Assert.Equal((1, 200), (code, answer.GetProperty("httpStatus").GetInt32()));
        Assert.EndsWith("❌ Hashcat execution timed out", answer.GetProperty("challenge").GetProperty("error").GetString(), StringComparison.Ordinal);

        await using (Endless())
        {
            var hashcat = await FindHashcatAsync(miner.Id);
            (code, _) = await SendAsync("allocate");
            Assert.Equal(0, code);
            await UntilAsync(() => Task.FromResult(!FakeHashcat.IsAlive(hashcat)));
        }
        (code, answer) = await SendAsync("challenge", "--difficulty", "3");
        Assert.Equal(1, code);
        Assert.Contains("the machine is not free", answer.GetProperty("challenge").GetProperty("error").GetString(), StringComparison.Ordinal);
        (code, _) = await SendAsync("deallocate");
        Assert.Equal(0, code);
        // The answer does not wait for the clean-up.
        await UntilAsync(async () => (await SendAsync("check")).ExitCode == 0);

        // Too long for anybody: the end of the miner is the end of hashcat, by a signal it can catch and by one it cannot.
        await using (Endless())
        {
            var hashcat = await FindHashcatAsync(miner.Id);
            miner.Interrupt();
            Assert.Equal(0, await miner.WaitForExitAsync());
            Assert.False(FakeHashcat.IsAlive(hashcat));
        }
        await using var killed = MinerProcess.Start(_arguments);
        await WaitUntilReadyAsync();
        await using (Endless())
        {
            var hashcat = await FindHashcatAsync(killed.Id);
            await HostCommand.RunAsync("kill", ["-KILL", Text(killed.Id)]);
            await killed.WaitForExitAsync();
            await UntilAsync(() => Task.FromResult(!FakeHashcat.IsAlive(hashcat)));
        }
    }

    [Theory]
    [InlineData("/nonexistent/hashcat", "error: There is no program /nonexistent/hashcat. Install it with `sudo apt-get install hashcat`, or name it with --miner.hashcat.path.\n")]
    [InlineData("/bin/true", "error: /bin/true is no hashcat: asked for its version it ended with 0 and ")]
    public async Task Run_HashcatThatCannotBeUsed_StopsTheStartWithTheRemedy(string path, string expected)
    {
        var (exitCode, _, errors) = await MinerProcess.RunAsync([.. _arguments, "--miner.hashcat.path", path]);

        Assert.Equal(1, exitCode);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OptionThatIsNotAllowed_StopsTheStartAndSaysWhichAre()
    {
        var (exitCode, _, errors) = await MinerProcess.RunAsync(["run", "--miner.hashcat.extended.options", "-O -o /tmp/x"]);

        Assert.Equal(2, exitCode);
        Assert.StartsWith(
            "error: miner.hashcat.extended.options = '-O -o /tmp/x' (flag --miner.hashcat.extended.options): must be hashcat options out of -O",
            errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bench_Json_HasARateForEachModeOfTheCpu()
    {
        var (exitCode, output, errors) = await MinerProcess.RunAsync(
            ["challenge", "bench", "--json", "--state.dir", HashcatFixture.State, "--miner.hashcat.extended.options", string.Join(' ', HashcatFixture.Options)],
            patience: TimeSpan.FromMinutes(4));

        Assert.True(exitCode == 0, errors);
        var rates = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal([600, 610], rates.Select(rate => rate.GetProperty("mode").GetInt32()).Distinct());
        Assert.All(rates, rate => Assert.True(rate.GetProperty("hashesPerSecond").GetDouble() > 1000, rate.ToString()));
        Assert.Contains(rates, rate => rate.GetProperty("type").GetString() == "CPU" && rate.GetProperty("name").GetString()!.Length > 1);
        Assert.Contains("measuring mode 610", errors, StringComparison.Ordinal);
    }

    Hotkey Register(Wallet wallet, AccountId coldkey)
    {
        using var secrets = KeySecrets.FromMnemonic(Mnemonic.Generate(12));
        wallet.CreateHotkey(secrets);
        _chain.RegisterNeuron(Netuid, secrets.Keypair.Hotkey, new Coldkey(coldkey));
        return secrets.Keypair.Hotkey;
    }

    async Task<(int ExitCode, JsonElement Answer)> SendAsync(string action, params string[] more)
    {
        var (exitCode, output, errors) = await MinerProcess.RunAsync(Validator(action, [.. more, "--json"]), patience: TimeSpan.FromMinutes(3));
        return output.Length > 0 ? (exitCode, JsonDocument.Parse(output).RootElement) : throw new InvalidOperationException(errors);
    }

    /// <summary>A challenge of 10^14 candidates, by a validator who waits.</summary>
    MinerProcess Endless() => MinerProcess.Start(Validator("challenge", "--difficulty", "14", "--wait", "120"));

    string[] Validator(string action, params string[] more) =>
    [
        "validator", action, "--target", $"127.0.0.1:{_axon}", "--axon-hotkey", _miner.ToString(), "--wallet.path", _directory, "--wallet.name", "validator",
        "--state.dir", Path.Combine(_directory, "validator-state"), .. more,
    ];

    async Task WaitUntilReadyAsync()
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        await UntilAsync(async () =>
        {
            try
            {
                using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{_admin}/readyz"), TestContext.Current.CancellationToken);
                return answer.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
    }

    /// <summary>The miner's hashcat, once it is one and no more the launcher.</summary>
    static async Task<string> FindHashcatAsync(int miner)
    {
        var found = "";
        await UntilAsync(async () =>
        {
            var (_, children, _) = await HostCommand.TryRunAsync("pgrep", ["-P", Text(miner), "-x", "hashcat"]);
            return (found = children.Trim()).Length > 0;
        });
        return found;
    }

    static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!await condition())
            await timer.WaitForNextTickAsync(deadline.Token);
    }

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
