using System.Diagnostics;
using System.Globalization;
using ComputeMiner.Containers;
using ComputeMiner.Containers.Disks;
using ComputeMiner.Containers.Egress;
using ComputeMiner.Demo;

namespace ComputeMiner.Drill;

/// <summary>
/// A Docker Engine of the drill's own, to be stopped and killed, with all its files in one directory. Only in a network of its own: beside
/// another engine it would take away that one's bridge and rules.
/// </summary>
sealed class DrillDocker : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly string _root;
    readonly SemaphoreSlim _turn = new(1, 1);
    DrillServices? _services;
    Process? _process;

    DrillDocker(string root) => _root = root;

    public Uri Endpoint => new($"unix://{_root}/docker.sock");

    /// <summary>Where programs are looked for so that this engine is a service of its own manager.</summary>
    public string SearchPath => _services!.SearchPath;

    string PidFile => Path.Combine(_root, "pid");

    /// <summary>Starts it with the renters' image of another engine.</summary>
    public static async Task<DrillDocker> StartAsync(string root, Uri from, ILoggerFactory loggers, CancellationToken cancellation)
    {
        Directory.CreateDirectory(root);
        var docker = new DrillDocker(root);
        try
        {
            docker._services = DrillServices.Begin(root, docker.PidFile, docker.RestartAsync);
            await docker.StartAsync(cancellation);
            using var there = new DockerEngine(Options(from), TimeProvider.System, loggers);
            using var here = new DockerEngine(Options(docker.Endpoint), TimeProvider.System, loggers);
            var image = await there.PrepareImageAsync(null, cancellation);
            await there.RemoveNetworkAsync(cancellation);
            await there.CopyImageAsync(image, here, cancellation);
            return docker;
        }
        catch
        {
            await docker.DisposeAsync();
            throw;
        }
    }

    public Task StartAsync(CancellationToken cancellation) => InTurnAsync(() => BeginAsync(cancellation));

    /// <summary>Ends it as an upgrade does: its containers end too, and come back with it.</summary>
    public Task StopAsync() => InTurnAsync(() => EndAsync("-TERM"));

    /// <summary>SIGKILL to it and what it had started for itself, such as its port proxies; containers go on until it comes back.</summary>
    public Task KillAsync() => InTurnAsync(DieAsync);

    public async ValueTask DisposeAsync()
    {
        if (_services is not null)
            await _services.DisposeAsync();
        if (_process is { HasExited: false })
            await StopAsync();
        _turn.Dispose();
        _process?.Dispose();
        // One that died while it started a container left that container's keeper, which no later one knows of.
        foreach (var left in Directory.GetDirectories("/proc").Where(IsKeeper))
            await SignalAsync("-KILL", Path.GetFileName(left));
        // It mounts its own directory over itself and does not take that back.
        var mounts = (await File.ReadAllLinesAsync("/proc/mounts")).Select(line => line.Split(' ')[1]);
        foreach (var mount in mounts.Where(at => at.StartsWith(_root + "/", StringComparison.Ordinal)).Reverse())
            await HostProgram.RunAsync("umount", ["-l", mount], "", TimeProvider.System, CancellationToken.None);
    }

    async Task BeginAsync(CancellationToken cancellation)
    {
        File.Delete(PidFile);
        var start = new ProcessStartInfo(
            HostProgram.Find("dockerd")!,
            ["--data-root", $"{_root}/data", "--exec-root", $"{_root}/exec", "--pidfile", PidFile, "-H", Endpoint.ToString()])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        using var engine = new DockerEngine(Options(Endpoint), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);
        await Demand.SoonAsync(async () =>
        {
            Demand.That(!_process.HasExited, "the drill's own Docker Engine does not start");
            try
            {
                await engine.ProbeAsync(cancellation);
                return true;
            }
            catch (ContainerEngineException)
            {
                return false;
            }
        }, "the drill's own Docker Engine does not answer", cancellation);
    }

    async Task DieAsync()
    {
        var id = _process!.Id.ToString(CultureInfo.InvariantCulture);
        // Stopped first: it starts nothing more that would be missed.
        await SignalAsync("-STOP", id);
        var children = Directory.GetDirectories($"/proc/{id}/task")
            .SelectMany(task => File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        await EndAsync("-KILL");
        foreach (var child in children)
            await SignalAsync("-KILL", child);
        File.Delete(Path.Combine(_root, "exec", "containerd", "containerd.pid"));
    }

    bool IsKeeper(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline")).Split('\0') is [var program, .. var words]
                && Path.GetFileName(program) == "containerd-shim-runc-v2" && words.Any(word => word.StartsWith(_root + "/", StringComparison.Ordinal));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // Over, or no process.
            return false;
        }
    }

    Task RestartAsync() => InTurnAsync(async () =>
    {
        await EndAsync("-TERM");
        await BeginAsync(CancellationToken.None);
    });

    async Task InTurnAsync(Func<Task> deed)
    {
        await _turn.WaitAsync();
        try
        {
            await deed();
        }
        finally
        {
            _turn.Release();
        }
    }

    async Task EndAsync(string signal)
    {
        await SignalAsync(signal, _process!.Id.ToString(CultureInfo.InvariantCulture));
        using var limit = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(limit.Token);
    }

    static Task<ProgramResult> SignalAsync(string signal, string process) =>
        HostProgram.RunAsync("kill", [signal, process], "", TimeProvider.System, CancellationToken.None);

    static ContainerOptions Options(Uri endpoint) => new()
    {
        Endpoint = endpoint, Instance = $"drill-image-{Environment.ProcessId}", NamePrefix = $"drill-image-{Environment.ProcessId}-",
        Network = $"drill-image-{Environment.ProcessId}", SshPort = FreePort.Next(), Disk = DiskRule.Off, Egress = { Mode = EgressMode.Off },
    };
}
