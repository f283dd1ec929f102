using ComputeMiner.Containers;
using ComputeMiner.Containers.Disks;
using ComputeMiner.Containers.Egress;
using ComputeMiner.Drill;
using ComputeMiner.Tests.Containers;
using Microsoft.Extensions.Logging.Abstractions;

namespace ComputeMiner.Tests.Allocations.Model;

/// <summary>
/// A place on a Docker Engine for one model after the other: names and a port of its own, a line to the engine that can be cut, a
/// small disk that can be full, and objects of others beside it. Everything of it is removed before and after.
/// </summary>
sealed class DockerPlot : IAsyncDisposable
{
    const string Shared = "/var/run/docker.sock";

    readonly string _socket;
    readonly string _root;
    readonly string _key;
    readonly string[] _foreign;
    string _untouched = "";

    DockerPlot(int number, DrillDocker? daemon)
    {
        (_socket, Daemon) = (daemon?.Endpoint.LocalPath ?? Shared, daemon);
        Api = new DockerApi(_socket);
        _key = $"{DockerFixture.Instance}-model{number}";
        _root = Path.Combine(Path.GetTempPath(), _key);
        _foreign = [$"containers/{_key}-another/json", $"networks/{_key}-another", $"volumes/{_key}-another", $"images/{_key}-another:1/json"];
        var line = Path.Combine(_root, "docker.sock");
        Line = new SocketRelay(line, _socket);
        var port = FreePort.Next();
        Near = new DockerEngine(Options(_socket, port), TimeProvider.System, NullLoggerFactory.Instance);
        Settings = Options(line, port);
        Far = new DockerEngine(Settings, TimeProvider.System, NullLoggerFactory.Instance);
    }

    public ContainerOptions Settings { get; }

    /// <summary>The engine through the line.</summary>
    public DockerEngine Far { get; }

    /// <summary>The same one beside it.</summary>
    public DockerEngine Near { get; }

    public SocketRelay Line { get; }

    public DockerApi Api { get; }

    /// <summary>The engine itself where it is this plot's own, to be killed.</summary>
    public DrillDocker? Daemon { get; }

    public string Disk => Path.Combine(_root, "disk");

    public PreparedImage Image { get; private set; } = null!;

    public static async Task<DockerPlot> CreateAsync(int number, DrillDocker? daemon = null)
    {
        var plot = new DockerPlot(number, daemon);
        try
        {
            await plot.ClearAsync();
            Directory.CreateDirectory(plot.Disk);
            await HostCommand.RunAsync("mount", ["-t", "tmpfs", "-o", "size=512k,mode=0700", "computeminer-model", plot.Disk]);
            plot.Line.Open();
            plot.Image = await plot.Near.PrepareImageAsync(null, CancellationToken.None);
            await plot.PlaceForeignAsync();
            return plot;
        }
        catch
        {
            await plot.DisposeAsync();
            throw;
        }
    }

    /// <summary>Objects of this plot's miner, but for its network.</summary>
    public async Task<int> CountAsync() =>
        (await Api.FindAsync("containers/json", Label)).Count + (await Api.FindAsync("volumes", Label)).Count
        + (await Api.FindAsync("images/json", Label)).Count + (await Api.FindAsync("networks", Label)).Count(each => each.GetProperty("Name").GetString() != _key);

    /// <summary>What others have here is what it was: the same objects, and the container running since the same moment.</summary>
    public async Task<bool> IsForeignUntouchedAsync() => await DescribeForeignAsync() == _untouched;

    /// <summary>From now on what others have here is as it is now.</summary>
    public async Task LookAtForeignAsync() => _untouched = await DescribeForeignAsync();

    public async Task ClearContainersAsync()
    {
        foreach (var each in await Near.ListAsync(CancellationToken.None))
            await Near.RemoveAsync(each.Id, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        Line.Dispose();
        await ClearAsync();
        Near.Dispose();
        Far.Dispose();
        Api.Dispose();
    }

    string Label => $"{ContainerLabels.InstanceKey}={_key}";

    // As much as they can look like ours without being it.
    async Task PlaceForeignAsync()
    {
        var another = $"{ContainerLabels.InstanceKey}={_key}-another";
        await RunAsync(["network", "create", "--label", another, $"{_key}-another"]);
        await RunAsync(["volume", "create", "--label", another, $"{_key}-another"]);
        await RunAsync(["tag", Image.Id, $"{_key}-another:1"]);
        await RunAsync(
        [
            "run", "-d", "--name", $"{_key}-another", "--label", another, "--label", $"{ContainerLabels.KindKey}=rental", "--network", $"{_key}-another", "--stop-signal", "KILL",
            "-v", $"{_key}-another:/data", "--entrypoint", "sleep", Image.Id, "infinity",
        ]);
        await LookAtForeignAsync();
    }

    Task<string> RunAsync(string[] arguments) => HostCommand.RunAsync("docker", ["-H", $"unix://{_socket}", .. arguments]);

    async Task<string> DescribeForeignAsync()
    {
        var container = await Api.GetAsync(_foreign[0]);
        var network = await Api.GetAsync(_foreign[1]);
        var volume = await Api.GetAsync(_foreign[2]);
        var image = await Api.GetAsync(_foreign[3]);
        var state = container.GetProperty("State");
        return string.Join(' ',
        [
            container.GetProperty("Id"), state.GetProperty("StartedAt"), state.GetProperty("Pid"), state.GetProperty("Status"),
            network.GetProperty("Id"), volume.GetProperty("CreatedAt"), volume.GetProperty("Mountpoint"), image.GetProperty("Id"),
        ]);
    }

    async Task ClearAsync()
    {
        await ClearContainersAsync();
        await Near.RemoveNetworkAsync(CancellationToken.None);
        foreach (var (kind, query) in (IEnumerable<(string, string)>)
            [("containers", "?force=1"), ("networks", ""), ("volumes", "?force=1"), ("images", "")])
            await Api.DeleteAsync($"{kind}/{_key}-another{(kind == "images" ? ":1" : "")}{query}");
        if (Directory.Exists(_root))
        {
            await HostCommand.TryRunAsync("umount", ["-l", Disk]);
            Directory.Delete(_root, recursive: true);
        }
    }

    ContainerOptions Options(string socket, ushort port) => new()
    {
        Endpoint = new Uri($"unix://{socket}"), Instance = _key, NamePrefix = $"{_key}-", Network = _key, SshPort = port, Disk = DiskRule.Off,
        Egress = { Mode = EgressMode.Off },
    };
}
