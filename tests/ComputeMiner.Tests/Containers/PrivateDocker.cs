using System.Diagnostics;
using ComputeMiner.Containers;
using Microsoft.Extensions.Logging.Abstractions;

namespace ComputeMiner.Tests.Containers;

/// <summary>
/// A Docker Engine of its own in a network of its own, beside the machine's, for tests that restart it or its firewall; and a second
/// network as the world around it. All under names of this checkout, removed before and after.
/// </summary>
public sealed class PrivateDocker : IAsyncLifetime
{
    /// <summary>The machine's and the world's address on the line between them; of TEST-NET-2, which counts as internet.</summary>
    internal const string HostAddress = "198.51.100.1";
    internal const string WorldAddress = "198.51.100.2";

    static readonly string Key = DockerFixture.Instance[^8..];
    static readonly string HostName = $"cmh-{Key}";
    static readonly string WorldName = $"cmw-{Key}";
    static readonly string Root = Path.Combine(Path.GetTempPath(), $"computeminer-docker-{Key}");

    static readonly string Under = Path.Combine(Root, "exec", "containerd", "containerd.pid");

    Process? _daemon;
    string[] _arguments = [];

    internal NetworkNamespace Host { get; private set; } = null!;

    internal NetworkNamespace World { get; private set; } = null!;

    /// <summary>The ends of the line between the machine and the world.</summary>
    internal (string Host, string World) Links { get; } = ($"h{Key}", $"w{Key}");

    internal Uri Endpoint { get; } = new($"unix://{Root}/docker.sock");

    /// <summary>Where the engine keeps its data.</summary>
    internal string Data { get; private set; } = $"{Root}/data";

    internal PreparedImage Image { get; private set; } = null!;

    /// <summary>What the GPU hook was asked for since the start, a line per container start.</summary>
    internal string[] GpuRequests => File.Exists($"{Root}/bin/hook.log") ? File.ReadAllLines($"{Root}/bin/hook.log") : [];

    public async ValueTask InitializeAsync()
    {
        await CleanAsync();
        Directory.CreateDirectory(Root);
        Host = await NetworkNamespace.CreateAsync(HostName);
        World = await NetworkNamespace.CreateAsync(WorldName);
        await HostCommand.RunAsync("ip", ["link", "add", Links.Host, "netns", HostName, "type", "veth", "peer", "name", Links.World, "netns", WorldName]);
        await LinkAsync(Host, Links.Host, HostAddress, WorldAddress);
        await LinkAsync(World, Links.World, WorldAddress, HostAddress);
        PlaceHook();
        await StartAsync();
        using var main = new DockerEngine(
            new ContainerOptions
            {
                Instance = DockerFixture.Instance,
                Network = DockerFixture.Instance,
                NamePrefix = $"{DockerFixture.Instance}-",
                SshPort = FreePort.Next(),
            },
            TimeProvider.System,
            NullLoggerFactory.Instance);
        Image = await main.PrepareImageAsync(null, TestContext.Current.CancellationToken);
        await main.RemoveNetworkAsync(TestContext.Current.CancellationToken);
        await LoadImageAsync();
    }

    public async ValueTask DisposeAsync() => await CleanAsync();

    internal Task<string> RunAsync(params string[] arguments) => HostCommand.RunAsync("docker", ["-H", Endpoint.ToString(), .. arguments]);

    internal Task<(int Code, string Output, string Errors)> ExecAsync(string container, string script) =>
        HostCommand.TryRunAsync("docker", ["-H", Endpoint.ToString(), "exec", container, "bash", "-c", script]);

    /// <summary>Goes on with other data and options; with data that is new it has the renters' image and nothing else.</summary>
    internal async Task MoveAsync(string data, params string[] arguments)
    {
        await StopAsync();
        var isNew = !Directory.Exists(data);
        (Data, _arguments) = (data, arguments);
        await StartAsync();
        if (isNew)
            await LoadImageAsync();
    }

    internal async Task StartAsync()
    {
        // Not `ip netns exec`: that hides the control groups.
        var start = new ProcessStartInfo("nsenter",
        [
            $"--net={Host.Path}", "--", "dockerd", "--data-root", Data, "--exec-root", $"{Root}/exec", "--pidfile", $"{Root}/pid",
            "-H", Endpoint.ToString(), "--cgroup-parent", $"/cm-{Key}",
            // Each network made takes the next range: by default the fifteenth is 172.31.0.0/16, in which tests look for a neighbour.
            "--default-address-pool", "base=172.17.0.0/16,size=24", .. _arguments,
        ])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        // The engine takes GPU requests when it finds the hook there at its start.
        start.Environment["PATH"] = $"{Root}/bin:{Environment.GetEnvironmentVariable("PATH")}";
        _daemon = Process.Start(start)!;
        var words = new StringWriter();
        _daemon.ErrorDataReceived += (_, line) => words.WriteLine(line.Data);
        _daemon.OutputDataReceived += (_, _) => { };
        _daemon.BeginErrorReadLine();
        _daemon.BeginOutputReadLine();
        var patience = Stopwatch.StartNew();
        while ((await HostCommand.TryRunAsync("docker", ["-H", Endpoint.ToString(), "version"])).Code != 0)
            if (_daemon.HasExited || patience.Elapsed > TimeSpan.FromSeconds(60))
                throw new InvalidOperationException($"dockerd did not come up: {words}");
    }

    /// <summary>Ends the engine as an upgrade does, or as a crash does.</summary>
    internal async Task StopAsync(bool kill = false)
    {
        var process = (await File.ReadAllTextAsync($"{Root}/pid")).Trim();
        await HostCommand.RunAsync("kill", [kill ? "-KILL" : "-TERM", process]);
        await _daemon!.WaitForExitAsync();
        _daemon.Dispose();
        // A service manager kills all of a service: the next one would wait for what this one had started for itself.
        if (kill)
        {
            await HostCommand.TryRunAsync("kill", ["-KILL", (await File.ReadAllTextAsync(Under)).Trim()]);
            File.Delete(Under);
        }
        File.Delete($"{Root}/pid");
    }

    /// <summary>The engine takes connections and says nothing, until <see cref="ThawAsync"/>.</summary>
    internal async Task FreezeAsync() => await HostCommand.RunAsync("kill", ["-STOP", (await File.ReadAllTextAsync($"{Root}/pid")).Trim()]);

    internal async Task ThawAsync() => await HostCommand.RunAsync("kill", ["-CONT", (await File.ReadAllTextAsync($"{Root}/pid")).Trim()]);

    async Task LoadImageAsync()
    {
        var tar = Path.Combine(Root, "image.tar");
        await HostCommand.RunAsync("docker", ["save", "-o", tar, Image.Reference]);
        await RunAsync("load", "-i", tar);
        File.Delete(tar);
    }

    static void PlaceHook()
    {
        var hook = Path.Combine(Directory.CreateDirectory($"{Root}/bin").FullName, "nvidia-container-runtime-hook");
        File.Copy(Path.Combine(Checkout.Root, "tests", "ComputeMiner.Tests", "Gpus", "fake-nvidia-hook"), hook);
        File.SetUnixFileMode(hook, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    static async Task LinkAsync(NetworkNamespace network, string link, string address, string other)
    {
        await network.RunAsync("ip", "addr", "add", $"{address}/24", "dev", link);
        await network.RunAsync("ip", "link", "set", link, "up");
        await network.RunAsync("ip", "route", "add", "default", "via", other);
    }

    async Task CleanAsync()
    {
        if (_daemon is { } running && File.Exists($"{Root}/pid"))
        {
            // Its containers end with it.
            foreach (var id in (await RunAsync("ps", "-aq")).Split('\n', StringSplitOptions.RemoveEmptyEntries))
                await RunAsync("rm", "-f", id);
            await StopAsync();
            _daemon = null;
        }
        await NetworkNamespace.DeleteAsync(HostName);
        await NetworkNamespace.DeleteAsync(WorldName);
        // Disks of containers that no miner removed.
        foreach (var mount in Disks.DiskBed.MountsOf(Data))
            await HostCommand.TryRunAsync("umount", ["--lazy", mount]);
        if (!Directory.Exists(Root))
            return;
        foreach (var mount in (await File.ReadAllLinesAsync("/proc/mounts")).Select(line => line.Split(' ')[1]).Where(at => at.StartsWith(Root + "/", StringComparison.Ordinal)).Reverse())
            await HostCommand.TryRunAsync("umount", ["-l", mount]);
        Directory.Delete(Root, true);
    }
}
