using System.Net;
using System.Net.Sockets;
using Bittensor.Keys;
using ComputeMiner.Challenges;
using ComputeMiner.Configuration;
using ComputeMiner.Containers;
using ComputeMiner.Doctor;
using Microsoft.Extensions.Logging.Abstractions;

namespace ComputeMiner.Tests.Doctor;

public sealed class DoctorCheckTests : IDisposable
{
    readonly string _path = Path.Combine(Path.GetTempPath(), $"doctor-{Guid.NewGuid():N}");

    public void Dispose()
    {
        if (Directory.Exists(_path))
            Directory.Delete(_path, recursive: true);
    }

    [Fact]
    public async Task Wallet_Missing_FailsWithTheWayToMakeOne()
    {
        var result = Assert.Single(await Run(new WalletCheck(new Wallet(_path), _ => null)));

        Assert.Equal(CheckState.Failed, result.State);
        Assert.Contains("miner wallet create", result.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", 2)]
    [InlineData("", 2)]
    [InlineData("$NACLxyz", 1)]
    [InlineData("$ANSIBLE_VAULT;1.1;AES256", 1)]
    [InlineData("gAAAAAB", 1)]
    public async Task Wallet_ColdkeyOnTheMachine_WarnsUnlessEncrypted(string coldkey, int results)
    {
        var wallet = new Wallet(_path);
        using var secrets = KeySecrets.FromMnemonic(Mnemonic.Generate());
        wallet.CreateHotkey(secrets);
        await File.WriteAllTextAsync(wallet.ColdkeyFile, coldkey, TestContext.Current.CancellationToken);

        var found = await Run(new WalletCheck(wallet, _ => null));

        Assert.Equal(results, found.Count);
        Assert.Equal((CheckState.Good, secrets.Keypair.Account.ToString()), (found[0].State, found[0].Finding));
        Assert.All(found.Skip(1), r => Assert.Equal(CheckState.Warning, r.State));
    }

    [Fact]
    public async Task Ports_OneTaken_NamesItsSetting()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var address = (IPEndPoint)taken.LocalEndpoint;

        var found = await Run(new PortsCheck([new("axon.port", address), new("ssh.port", new IPEndPoint(IPAddress.Loopback, 0))]));

        Assert.Equal([CheckState.Failed, CheckState.Good], found.Select(r => r.State));
        Assert.Contains("--axon.port", found[0].Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Docker_NobodyAnswers_SaysHowToGetIt()
    {
        using var engine = new DockerEngine(
            new ContainerOptions { Endpoint = new Uri("unix://" + Path.Combine(_path, "no.sock")) }, TimeProvider.System,
                NullLoggerFactory.Instance);

        var result = Assert.Single(await Run(new DockerCheck(engine)));

        Assert.Equal(CheckState.Failed, result.State);
        Assert.Contains("docker.io", result.Remedy, StringComparison.Ordinal);
        // The checks after it have something to say too.
        var safeguards = Assert.Single(await Run(new SafeguardsCheck(engine)));
        Assert.Equal(CheckState.Warning, safeguards.State);
        Assert.Contains("No Docker Engine answers", safeguards.Finding, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chain_NobodyAnswers_FailsAfterItsPatience()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var options = new MinerOptions();
        options.Subtensor.ChainEndpoints = [new Uri("ws://127.0.0.1:9/")];
        var run = Run(new ChainCheck(options, null, time, NullLoggerFactory.Instance));

        // The client waits on the same clock between its attempts; each step wakes whoever waits.
        while (!run.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        var result = Assert.Single(await run);
        Assert.Equal(CheckState.Failed, result.State);
        Assert.Contains("ws://127.0.0.1:9", result.Finding, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "Warning")]
    [InlineData(64 << 20, "Good")]
    [InlineData(long.MaxValue / 2, "Warning")]
    public async Task Resources_Memory_ComparedWithTheReserve(long reserve, string state)
    {
        var found = await Run(new ResourcesCheck(Path.Combine(_path, "a", "b"), reserve));

        Assert.Equal(state, found.Single(r => r.Name == "memory").State.ToString());
        Assert.Contains(Path.GetTempPath().TrimEnd('/'), found.Single(r => r.Name == "disk").Finding, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "Failed", "There is no program /nonexistent/hashcat")]
    [InlineData(false, "Good", "none needed: challenges are off")]
    public async Task Hashcat_Missing_MattersWhereChallengesAreOn(bool enabled, string state, string finding)
    {
        var settings = new ChallengeSettings { Enabled = enabled, HashcatPath = "/nonexistent/hashcat" };

        var result = Assert.Single(await Run(new HashcatCheck(settings, TimeProvider.System)));

        Assert.Equal(state, result.State.ToString());
        Assert.Contains(finding, result.Finding, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hashcat_Present_NamesVersionAndDevice()
    {
        var result = Assert.Single(await Run(new HashcatCheck(new ChallengeSettings { Enabled = true }, TimeProvider.System)));

        Assert.Equal(CheckState.Good, result.State);
        Assert.Matches(@"^v[67]\.[0-9.]+ at /.*/hashcat; it sees .*(CPU|GPU) .+$", result.Finding);
    }

    [Fact]
    public async Task Hashcat_WithoutADevice_NamesTheDrivers()
    {
        using var fake = await ComputeMiner.Tests.Challenges.FakeHashcat.CreateAsync("echo ATTENTION! No OpenCL installation found.; exit 255");

        var result = Assert.Single(await Run(new HashcatCheck(new ChallengeSettings { Enabled = true, HashcatPath = fake.Path }, TimeProvider.System)));

        Assert.Equal(CheckState.Failed, result.State);
        Assert.Contains("it sees no device", result.Finding, StringComparison.Ordinal);
        Assert.Contains("pocl-opencl-icd", result.Remedy, StringComparison.Ordinal);
    }

    static Task<IReadOnlyList<CheckResult>> Run(IDoctorCheck check) => check.RunAsync(TestContext.Current.CancellationToken);
}
