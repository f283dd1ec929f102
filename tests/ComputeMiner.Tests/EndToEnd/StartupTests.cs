using System.Globalization;
using System.Net;
using System.Text.Json;
using Bittensor.Dendrite;
using Bittensor.Keys;
using ComputeMiner.Tests.Containers;
using ComputeMiner.Validator;

namespace ComputeMiner.Tests.EndToEnd;

public class StartupTests
{
    /// <summary>Neither chain nor Docker answer: the axon does, and the status says what is waited for and what helps.</summary>
    [Fact]
    public async Task Run_WithNothingAroundIt_AnswersPingsAndSaysWhatItWaitsFor()
    {
        var token = TestContext.Current.CancellationToken;
        var directory = Directory.CreateTempSubdirectory("computeminer-tests-").FullName;
        using var hotkey = KeySecrets.FromMnemonic(Mnemonic.Generate());
        new Wallet(directory).CreateHotkey(hotkey);
        var (axon, admin) = (FreePort.Next(), FreePort.Next());
        await using var miner = MinerProcess.Start(
        [
            "run", "--wallet.path", directory, "--state.dir", Path.Combine(directory, "state"), "--subtensor.chain_endpoint", "ws://127.0.0.1:9",
            "--axon.port", Text(axon), "--admin.address", $"127.0.0.1:{admin}", "--ssh.port", Text(FreePort.Next()),
            "--container.name-prefix", $"{DockerFixture.Instance}-startup-", "--container.network", DockerFixture.Instance, "--container.spare=false",
            "--container.image", "no-such-image.invalid/nothing:0", "--registry", "off",
        ]);
        using var dendrite = new DendriteClient(Keypair.FromUri("//Validator"), new DendriteOptions());
        using var key = System.Security.Cryptography.RSA.Create(2048);
        var session = new ValidatorSession(dendrite, new AxonTarget(new IPEndPoint(IPAddress.Loopback, axon), hotkey.Keypair.Hotkey), key);
        using var http = new HttpClient();

        var steps = await StepsAsync(http, admin, token);
        var pong = await session.PingAsync(token);

        Assert.Equal(200, pong.StatusCode);
        Assert.All((string[])["chain", "metagraph", "image", "serving"], name => Assert.False(steps[name].Done, name));
        Assert.All((string[])["configuration", "logging", "wallet", "docker", "lists", "axon", "registry"], name => Assert.True(steps[name].Done, name));
        Assert.Contains("--subtensor.chain_endpoint", steps["chain"].Remedy, StringComparison.Ordinal);
        Assert.Contains("miner doctor", steps["image"].Remedy, StringComparison.Ordinal);
        Directory.Delete(directory, recursive: true);
    }

    static async Task<Dictionary<string, (bool Done, string? Remedy)>> StepsAsync(HttpClient http, int admin, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (true)
        {
            try
            {
                var status = JsonDocument.Parse(await http.GetStringAsync(new Uri($"http://127.0.0.1:{admin}/status"), limit.Token)).RootElement;
                return status.GetProperty("startup").EnumerateArray().ToDictionary(
                    step => step.GetProperty("name").GetString()!, step => (step.GetProperty("done").GetBoolean(), step.GetProperty("remedy").GetString()));
            }
            catch (HttpRequestException)
            {
                await pause.WaitForNextTickAsync(limit.Token);
            }
        }
    }

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
