using System.Globalization;
using System.Net;
using Bittensor.Keys;
using ComputeMiner.Tests.Containers;
using ComputeMiner.Tests.Registry;

namespace ComputeMiner.Tests.EndToEnd;

/// <summary>The program behind a proxy that lets nothing through: its password is in nothing that is printed, answered or kept.</summary>
public sealed class ProxyTests : IDisposable
{
    const string Secret = "verysecret";

    readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Run_ProxyWithAPasswordRefuses_ShowsItNowhere()
    {
        await using var proxy = RawServer.Of("407 Proxy Authentication Required", []);
        await ShowsNoSecretAsync(proxy.Port, "the proxy of this machine's environment refused", "407");
    }

    [Fact]
    public Task Run_ProxyWithAPasswordIsDead_ShowsItNowhere() => ShowsNoSecretAsync(FreePort.Next(), "Connection refused", "Connection refused");

    async Task ShowsNoSecretAsync(int port, string ofTheChain, string ofAFile)
    {
        var address = string.Create(CultureInfo.InvariantCulture, $"http://someone:{Secret}@127.0.0.1:{port}");
        string[] names = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "https_proxy", "http_proxy", "all_proxy"];
        var environment = names.ToDictionary(name => name, _ => (string?)address);
        environment["WANDB_API_KEY"] = new string('a', 40);
        environment["NO_PROXY"] = environment["no_proxy"] = null;
        using var hotkey = KeySecrets.FromMnemonic(Mnemonic.Generate());
        new Wallet(_directory.At("wallets")).CreateHotkey(hotkey);
        var admin = new IPEndPoint(IPAddress.Loopback, FreePort.Next()).ToString();
        string[] place = ["--wallet.path", _directory.At("wallets"), "--state.dir", _directory.At("state"), "--subtensor.chain_endpoint", "wss://chain.invalid"];
        await using var miner = MinerProcess.Start(
        [
            "run", .. place, "--axon.port", Text(FreePort.Next()), "--admin.address", admin, "--ssh.port", Text(FreePort.Next()), "--container.spare=false",
            "--container.name-prefix", $"{DockerFixture.Instance}-proxy-", "--container.network", DockerFixture.Instance,
            "--container.image", "no-such-image.invalid/nothing:0", "--logging.debug",
        ], environment);

        await Condition.UntilAsync(() => Line(miner, "Cannot reach the chain") is not null && Line(miner, "the run cannot be written") is not null);
        var status = await MinerProcess.RunAsync(["status", "--json", "--admin.address", admin], environment);
        var update = await MinerProcess.RunAsync(["update", "check", "--update.url", "https://releases.invalid/manifest.json"], environment);
        miner.Interrupt();
        Assert.Equal(0, await miner.WaitForExitAsync());

        Assert.Contains(ofTheChain, Line(miner, "Cannot reach the chain"), StringComparison.Ordinal);
        Assert.Contains(ofAFile, Line(miner, "the run cannot be written"), StringComparison.Ordinal);
        Assert.Contains(ofAFile, update.Errors, StringComparison.Ordinal);
        string[] said = [miner.Output, miner.Errors, status.Output, update.Output, update.Errors];
        Assert.All(said, text => Assert.DoesNotContain(Secret, text, StringComparison.Ordinal));
        foreach (var file in Directory.EnumerateFiles(_directory.At("state"), "*", SearchOption.AllDirectories))
            Assert.DoesNotContain(Secret, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    static string? Line(MinerProcess miner, string text) => Array.Find((miner.Output + miner.Errors).Split('\n'), line => line.Contains(text, StringComparison.Ordinal));

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
