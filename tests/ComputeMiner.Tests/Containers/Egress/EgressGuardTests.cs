using System.Net;
using System.Net.Sockets;
using ComputeMiner.Containers;
using ComputeMiner.Containers.Egress;
using Microsoft.Extensions.Logging.Abstractions;

namespace ComputeMiner.Tests.Containers.Egress;

/// <summary>Asked from inside a container of a private engine, whose world holds what a cloud and a LAN hold.</summary>
[Collection(PrivateDockerCollection.Name)]
public sealed class EgressGuardTests(PrivateDocker docker) : IAsyncLifetime
{
    const int Web = 8080;
    const string Public = "203.0.113.80";

    static readonly string[] Private = ["169.254.169.254", "10.9.8.7", "172.31.0.9", "192.168.77.7", "100.64.0.9"];

    readonly ContainerOptions _settings = new()
    {
        Instance = "egress-tests",
        Endpoint = docker.Endpoint,
        Network = "egress-tests",
        SshPort = 4444,
    };

    DockerEngine _engine = null!;
    GreetingServer _world = null!;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _settings.Egress.Mode = EgressMode.Enforce;
        _engine = new DockerEngine(_settings, TimeProvider.System, NullLoggerFactory.Instance);
        foreach (var address in (string[])[.. Private, Public])
            await docker.World.RunAsync("ip", "addr", "replace", $"{address}/32", "dev", "lo");
        _world = docker.World.Serve(Web);
    }

    public async ValueTask DisposeAsync()
    {
        _world.Dispose();
        foreach (var each in await _engine.ListAsync(CancellationToken.None))
            await _engine.RemoveAsync(each.Id, CancellationToken.None);
        await _engine.RemoveNetworkAsync(CancellationToken.None);
        _engine.Dispose();
        Assert.DoesNotContain("CM-", await docker.Host.RunAsync("iptables-save"), StringComparison.Ordinal);
        Assert.DoesNotContain("CM-", await docker.Host.RunAsync("ip6tables-save"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Container_PrivateAddresses_AreOutOfReachAndTheInternetIsNot()
    {
        var id = await StartAsync();

        Assert.True(await ReachesAsync(id, Public));
        Assert.True(await ReachesAsync(id, PrivateDocker.WorldAddress));
        foreach (var address in Private)
            Assert.False(await ReachesAsync(id, address), address);
        // Without the rules they are: what held the container back was not the test bed.
        await LiftAsync();
        foreach (var address in Private)
            Assert.True(await ReachesAsync(id, address), address);
    }

    [Fact]
    public async Task Container_ServicesOfItsHost_AreOutOfReachAtEveryAddress()
    {
        using var service = docker.Host.Serve(Web);
        var id = await StartAsync();
        var gateway = (await docker.RunAsync("network", "inspect", "--format", "{{(index .IPAM.Config 0).Gateway}}", _settings.Network)).Trim();

        foreach (var address in (string[])[gateway, PrivateDocker.HostAddress, "172.17.0.1"])
            Assert.False(await ReachesAsync(id, address), address);

        await LiftAsync();
        Assert.True(await ReachesAsync(id, gateway));
    }

    [Fact]
    public async Task Container_MailPorts_AreRefused()
    {
        var id = await StartAsync();

        foreach (var port in (int[])[25, 465, 587])
        {
            using var mail = docker.World.Serve(port);
            Assert.False(await ReachesAsync(id, Public, port), $"port {port}");
            Assert.Equal(0, mail.Served);
        }
    }

    [Fact]
    public async Task Container_AnotherOnItsNetwork_IsOutOfReach()
    {
        var id = await StartAsync();
        var other = await StartAsync("other", 4445);
        await GreetsAsync(docker.World, PrivateDocker.HostAddress, 4445);
        var address = (await docker.RunAsync("inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", other)).Trim();

        Assert.False(await ReachesAsync(id, address, 22));
        Assert.False(await ReachesAsync(id, PrivateDocker.HostAddress, 4445));
    }

    [Fact]
    public async Task Ssh_ThroughThePublishedPort_GreetsFromEverywhere()
    {
        await StartAsync();

        await GreetsAsync(docker.World, PrivateDocker.HostAddress, _settings.SshPort);
        await GreetsAsync(docker.Host, "127.0.0.1", _settings.SshPort);
        await GreetsAsync(docker.Host, PrivateDocker.HostAddress, _settings.SshPort);
    }

    [Fact]
    public async Task Ssh_FromALanAddress_IsAnswered()
    {
        await StartAsync();

        var greeting = await docker.World.Open(() =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse("192.168.77.7"), 0));
            return ReadAsync(socket, PrivateDocker.HostAddress, _settings.SshPort);
        });

        Assert.StartsWith("SSH-2.0", greeting, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Container_MoreConnectionsThanItMay_AreRefused()
    {
        (_settings.Egress.Connections, _settings.Egress.ConnectionsPerSecond) = (20, 1000);
        var id = await StartAsync();

        var (_, open, _) = await docker.ExecAsync(id, Python($"""
            import socket
            kept = []
            for i in range(50):
                s = socket.socket(); s.settimeout(2)
                try:
                    s.connect(('{Public}', {Web})); kept.append(s)
                except OSError: pass
            print(len(kept))
            """));

        Assert.Equal("20", open.Trim());
    }

    [Fact]
    public async Task Container_FasterConnectionsThanItMay_AreHeldBack()
    {
        (_settings.Egress.Connections, _settings.Egress.ConnectionsPerSecond) = (1000, 5);
        var id = await StartAsync();

        // A burst of 20, and 5 in each second after it; what was held back tries again after 1 s and 3 s.
        var (_, open, _) = await docker.ExecAsync(id, Python($"""
            import socket, time
            tried = []
            for i in range(200):
                s = socket.socket(); s.setblocking(False); s.connect_ex(('{Public}', {Web})); tried.append(s)
            time.sleep(0.5)
            good = 0
            for s in tried:
                try:
                    s.getpeername(); good += 1
                except OSError: pass
            print(good)
            """));

        Assert.InRange(int.Parse(open.Trim(), System.Globalization.CultureInfo.InvariantCulture), 20, 60);
    }

    async Task LiftAsync()
    {
        var lifted = new ContainerOptions { Instance = _settings.Instance, Endpoint = _settings.Endpoint, Network = _settings.Network };
        lifted.Egress.Mode = EgressMode.Off;
        using var engine = new DockerEngine(lifted, TimeProvider.System, NullLoggerFactory.Instance);
        await engine.GuardAsync(Cancellation);
    }

    async Task<bool> ReachesAsync(string id, string address, int port = Web) =>
        (await docker.ExecAsync(id, $"timeout 2 bash -c 'exec 3<>/dev/tcp/{address}/{port}; head -c 5 <&3'")).Output == GreetingServer.Greeting;

    async Task<string> StartAsync()
    {
        await _engine.PrepareImageAsync(null, Cancellation);
        var id = await StartAsync("one", _settings.SshPort);
        await GreetsAsync(docker.Host, "127.0.0.1", _settings.SshPort);
        return id;
    }

    async Task<string> StartAsync(string name, int port)
    {
        var start = DateTimeOffset.UnixEpoch;
        var labels = new ContainerLabels("0123456789abcdef", "rental", "owner", "hotkey", start, start);
        var id = await _engine.CreateAsync(new ContainerSpec(name, docker.Image.Id, port, labels), Cancellation);
        await _engine.StartAsync(id, Cancellation);
        await _engine.DeliverAsync(id, SshAccess.Create(null).ToFiles(docker.Image), Cancellation);
        return id;
    }

    static string Python(string program) => $"python3 - <<'EOF'\n{program}\nEOF\n";

    static async Task GreetsAsync(NetworkNamespace from, string address, int port)
    {
        string? greeting = null;
        while (greeting?.StartsWith("SSH-2.0", StringComparison.Ordinal) != true)
        {
            Cancellation.ThrowIfCancellationRequested();
            greeting = await from.Open(() => ReadAsync(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp), address, port));
        }
    }

    static async Task<string?> ReadAsync(Socket socket, string address, int port)
    {
        using (socket)
        using (var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2)))
        {
            try
            {
                await socket.ConnectAsync(IPAddress.Parse(address), port, limit.Token);
                var buffer = new byte[64];
                var read = await socket.ReceiveAsync(buffer, limit.Token);
                return System.Text.Encoding.ASCII.GetString(buffer, 0, read);
            }
            catch (Exception fault) when (fault is SocketException or OperationCanceledException)
            {
                return null;
            }
        }
    }
}
