using System.Diagnostics;
using System.Net;

namespace ComputeMiner.Demo;

/// <summary>The miner under demonstration: this very program as a process of its own, as an operator would start it.</summary>
sealed class DemoMiner : IAsyncDisposable
{
    static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(15);

    readonly Process _process;
    readonly HttpClient _admin;
    readonly StreamWriter _log;

    DemoMiner(Process process, Uri dashboard, StreamWriter log)
    {
        (_process, Dashboard, _log) = (process, dashboard, log);
        _admin = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = dashboard, Timeout = TimeSpan.FromSeconds(5) };
    }

    public Uri Dashboard { get; }

    /// <summary>Starts this very program.</summary>
    public static DemoMiner Start(IEnumerable<string> arguments, string registryKey, IPEndPoint admin, string logPath) => Start(
        Environment.ProcessPath ?? throw new InvalidOperationException("The path of this program is not known."), arguments, admin, logPath, registryKey);

    /// <summary>Starts this very program, with more in its environment and without a registry.</summary>
    public static DemoMiner Start(
        IEnumerable<string> arguments, IPEndPoint admin, string logPath, IReadOnlyDictionary<string, string?> environment) => Start(
            Environment.ProcessPath ?? throw new InvalidOperationException("The path of this program is not known."), arguments, admin, logPath,
            registryKey: null, environment);

    /// <summary>Starts the miner that lies at <paramref name="program"/>.</summary>
    public static DemoMiner Start(
        string program, IEnumerable<string> arguments, IPEndPoint admin, string logPath, string? registryKey = null,
        IReadOnlyDictionary<string, string?>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        // An operator's own key and mode are for the real registry.
        start.Environment.Remove("WANDB_MODE");
        start.Environment["WANDB_API_KEY"] = registryKey;
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
            start.Environment[name] = value;
        var log = new StreamWriter(logPath) { AutoFlush = true };
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Append(log, line.Data);
        process.ErrorDataReceived += (_, line) => Append(log, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new DemoMiner(process, new Uri($"http://{admin}/"), log);
    }

    /// <summary>Waits until the miner says that it can deliver: axon up, image built, metagraph read.</summary>
    /// <exception cref="InvalidOperationException">The process ended instead.</exception>
    public async Task WaitUntilReadyAsync(TimeSpan patience, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(patience);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        do
        {
            if (_process.HasExited)
                throw new InvalidOperationException($"the miner ended with exit code {_process.ExitCode}; its log tells why");
            try
            {
                using var answer = await _admin.GetAsync("readyz", deadline.Token);
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
        }
        while (await pause.WaitForNextTickAsync(deadline.Token));
    }

    /// <summary>Ends it with SIGKILL.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Waits until the process ends by itself.</summary>
    /// <returns>Its exit code; null when it went on for longer than <paramref name="patience"/>.</returns>
    public async Task<int?> WaitForExitAsync(TimeSpan patience, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(patience);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Resident memory of the miner in bytes.</summary>
    public long ResidentBytes()
    {
        _process.Refresh();
        return _process.WorkingSet64;
    }

    /// <summary>What the miner has used of all processors together since it started.</summary>
    public TimeSpan ProcessorTime()
    {
        _process.Refresh();
        return _process.TotalProcessorTime;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            // Closing its input would not stop it; the polite signal lets it keep its ledger in order.
            using (var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
                await kill.WaitForExitAsync();
            using var deadline = new CancellationTokenSource(StopPatience);
            try
            {
                await _process.WaitForExitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }
        _process.Dispose();
        _admin.Dispose();
        await _log.DisposeAsync();
    }

    static void Append(StreamWriter log, string? line)
    {
        if (line is null)
            return;
        lock (log)
        {
            if (log.BaseStream is { CanWrite: true })
                log.WriteLine(line);
        }
    }
}
