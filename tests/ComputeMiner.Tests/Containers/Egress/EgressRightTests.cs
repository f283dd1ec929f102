using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using ComputeMiner.Containers;
using ComputeMiner.Containers.Egress;
using Microsoft.Extensions.Logging.Abstractions;

namespace ComputeMiner.Tests.Containers.Egress;

/// <summary>A miner that may not set rules: its engine is elsewhere as far as it can see, or it lacks the right.</summary>
[Collection(PrivateDockerCollection.Name)]
public sealed class EgressRightTests(PrivateDocker docker) : IAsyncLifetime
{
    readonly TcpListener _door = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _over = new();
    Task _doorman = Task.CompletedTask;
    ContainerOptions _settings = null!;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _door.Start();
        _doorman = ServeAsync();
        _settings = new ContainerOptions
        {
            Instance = $"right-tests-{DockerFixture.Instance[^8..]}",
            Endpoint = new Uri($"tcp://127.0.0.1:{((IPEndPoint)_door.LocalEndpoint).Port}"),
            Network = "right-tests",
            SshPort = FreePort.Next(),
        };
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _settings.Egress.Mode = EgressMode.BestEffort;
        using (var engine = Engine())
        {
            foreach (var each in await engine.ListAsync(CancellationToken.None))
                await engine.RemoveAsync(each.Id, CancellationToken.None);
            await engine.RemoveNetworkAsync(CancellationToken.None);
        }
        await _over.CancelAsync();
        _door.Stop();
        await _doorman;
        _over.Dispose();
    }

    [Fact]
    public async Task BestEffort_WithoutTheRight_StartsAndSaysSo()
    {
        _settings.Egress.Mode = EgressMode.BestEffort;
        using var engine = Engine();

        await engine.PrepareImageAsync(null, Cancellation);
        await engine.StartAsync(await CreateAsync(engine), Cancellation);

        Assert.Equal("running", (await docker.RunAsync("ps", "--filter", "name=one", "--format", "{{.State}}")).Trim());
        Assert.False(engine.Safeguards[0].Ok);
        Assert.Contains("cannot be set", engine.Safeguards[0].Detail, StringComparison.Ordinal);
        Assert.NotNull(engine.Safeguards[0].Remedy);
    }

    [Fact]
    public async Task Enforce_WithoutTheRight_StartsNothingAndSaysWhy()
    {
        _settings.Egress.Mode = EgressMode.Enforce;
        using var engine = Engine();

        var prepared = await Assert.ThrowsAsync<ContainerEngineException>(() => engine.PrepareImageAsync(null, Cancellation));
        var created = await Assert.ThrowsAsync<ContainerEngineException>(() => CreateAsync(engine));

        Assert.All((Exception[])[prepared, created], fault => Assert.Contains("--container.egress off", fault.Message, StringComparison.Ordinal));
        Assert.Empty(await engine.ListAsync(Cancellation));
        Assert.False(engine.Safeguards[0].Ok);
    }

    /// <summary>The program itself: root with all it needs, without the one capability, and without iptables.</summary>
    [Fact]
    public async Task Doctor_WithAndWithoutTheRight_TellsThemApart()
    {
        string[] befores =
        [
            "exec", "exec setpriv --bounding-set=-net_admin --inh-caps=-net_admin",
            "for i in $(ls /usr/sbin/*tables*); do mount --bind /dev/null $i; done; exec",
        ];

        var states = await Task.WhenAll(befores.Select(ExamineAsync));

        Assert.Equal(["Good", "Warning", "Warning"], states);
    }

    async Task<string?> ExamineAsync(string before)
    {
        var nowhere = Directory.CreateTempSubdirectory().FullName;
        string[] arguments =
        [
            "doctor", "--json", "--container.docker", docker.Endpoint.ToString(), "--state.dir", nowhere, "--wallet.path", nowhere,
            "--subtensor.chain_endpoint", "ws://127.0.0.1:1",
        ];
        var (_, output, errors) = await HostCommand.TryRunAsync(
            "unshare", ["-m", "sh", "-c", $"{before} \"$@\"", "sh", EndToEnd.MinerProcess.Program, .. arguments]);
        Directory.Delete(nowhere, true);
        var checks = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!);
        return checks.SingleOrDefault(check => (string?)check["name"] == "egress") is { } found ? (string?)found["state"] : $"{output}{errors}";
    }

    DockerEngine Engine() => new(_settings, TimeProvider.System, NullLoggerFactory.Instance);

    Task<string> CreateAsync(DockerEngine engine)
    {
        var start = DateTimeOffset.UnixEpoch;
        var labels = new ContainerLabels("0123456789abcdef", "rental", "owner", "hotkey", start, start);
        return engine.CreateAsync(new ContainerSpec("one", docker.Image.Id, _settings.SshPort, labels), Cancellation);
    }

    async Task ServeAsync()
    {
        var served = new List<Task>();
        try
        {
            while (true)
                served.Add(ForwardAsync(await _door.AcceptSocketAsync(_over.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(served);
        }
    }

    async Task ForwardAsync(Socket client)
    {
        using var engine = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using (client)
        {
            try
            {
                await engine.ConnectAsync(new UnixDomainSocketEndPoint(docker.Endpoint.LocalPath), _over.Token);
                await Task.WhenAll(CopyAsync(client, engine), CopyAsync(engine, client));
            }
            catch (Exception fault) when (fault is SocketException or OperationCanceledException)
            {
                // One side went away.
            }
        }
    }

    async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[1 << 16];
        try
        {
            while (await from.ReceiveAsync(buffer, _over.Token) is > 0 and var read)
                await to.SendAsync(buffer.AsMemory(0, read), _over.Token);
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception fault) when (fault is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One side went away.
        }
    }
}
