using System.Net;
using System.Net.Sockets;
using ComputeMiner.Containers;
using ComputeMiner.Containers.Egress;
using Microsoft.Extensions.Logging.Abstractions;

namespace ComputeMiner.Tests.Containers.Egress;

/// <summary>A container of a private engine, whose world holds what a cloud and a LAN hold.</summary>
public abstract class EgressBed(PrivateDocker docker) : PrivateEngineBed(docker, "egress-tests")
{
    protected const int Web = 8080;
    protected const string Public = "203.0.113.80";

    private protected static readonly string[] Private = ["169.254.169.254", "10.9.8.7", "172.31.0.9", "192.168.77.7", "100.64.0.9", "168.63.129.16", "161.26.0.10"];

    GreetingServer _world = null!;

    public override async ValueTask InitializeAsync()
    {
        Settings.Egress.Mode = EgressMode.Enforce;
        await base.InitializeAsync();
        foreach (var address in (string[])[.. Private, Public])
            await Docker.World.RunAsync("ip", "addr", "replace", $"{address}/32", "dev", "lo");
        _world = Docker.World.Serve(Web);
    }

    public override async ValueTask DisposeAsync()
    {
        _world.Dispose();
        await base.DisposeAsync();
        Assert.DoesNotContain("CM-", await Docker.Host.RunAsync("iptables-save"), StringComparison.Ordinal);
        Assert.DoesNotContain("CM-", await Docker.Host.RunAsync("ip6tables-save"), StringComparison.Ordinal);
        GC.SuppressFinalize(this);
    }

    private protected async Task<string> GatewayAsync() =>
        (await Docker.RunAsync("network", "inspect", "--format", "{{(index .IPAM.Config 0).Gateway}}", Settings.Network)).Trim();

    private protected async Task LiftAsync()
    {
        var lifted = new ContainerOptions { Instance = Settings.Instance, Endpoint = Settings.Endpoint, Network = Settings.Network };
        lifted.Egress.Mode = EgressMode.Off;
        using var engine = new DockerEngine(lifted, TimeProvider.System, NullLoggerFactory.Instance);
        await engine.GuardAsync(Cancellation);
    }

    private protected async Task<bool> ReachesAsync(string id, string address, int port = Web) =>
        (await Docker.ExecAsync(id, $"timeout 2 bash -c 'exec 3<>/dev/tcp/{address}/{port}; head -c 5 <&3'")).Output == GreetingServer.Greeting;

    /// <summary>Tries until it is reached: on a busy machine a first packet can be lost. A container held back never gets there.</summary>
    private protected async Task RequireReachedAsync(string id, string address, int port = Web)
    {
        var patience = System.Diagnostics.Stopwatch.StartNew();
        while (!await ReachesAsync(id, address, port))
            Assert.True(patience.Elapsed < TimeSpan.FromSeconds(30), $"{address}:{port} is out of reach");
    }

    private protected async Task<string> StartAsync()
    {
        await Engine.PrepareImageAsync(null, Cancellation);
        var id = await StartAsync("one", Settings.SshPort);
        await GreetsAsync(Docker.Host, "127.0.0.1", Settings.SshPort);
        return id;
    }

    private protected static string Python(string program) => $"python3 - <<'EOF'\n{program}\nEOF\n";

    private protected static async Task GreetsAsync(NetworkNamespace from, string address, int port)
    {
        string? greeting = null;
        var patience = System.Diagnostics.Stopwatch.StartNew();
        while (greeting?.StartsWith("SSH-2.0", StringComparison.Ordinal) != true)
        {
            Cancellation.ThrowIfCancellationRequested();
            Assert.True(patience.Elapsed < TimeSpan.FromSeconds(60), $"no greeting at {address}:{port}");
            greeting = await from.Open(() => ReadAsync(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp), address, port));
        }
    }

    private protected static async Task<string?> ReadAsync(Socket socket, string address, int port)
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
