namespace ComputeMiner.Containers;

/// <summary>
/// Waits for an engine that hangs: says so, and asks again. One that is not there, or not for this user, is the operator's to mend first.
/// </summary>
sealed partial class EngineArrival(IContainerEngine engine, TimeProvider time, ILogger<EngineArrival> logger)
{
    public const string Remedy = "see `journalctl -u docker`, and restart it with `sudo systemctl restart docker`; running containers may stop";

    static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    volatile EngineInfo? _info;
    volatile string _detail = "asked for its version";

    /// <summary>What it said of itself; null until then.</summary>
    public EngineInfo? Info => _info;

    /// <summary>How it stands, for the status.</summary>
    public string Detail => _info is { } info ? $"Docker {info.Version}, {info.Cpus} CPUs" : _detail;

    /// <summary>Returns once it answers, with what it said of itself.</summary>
    /// <exception cref="ContainerEngineException">It is not there, refuses, or is none.</exception>
    public async Task<EngineInfo> WaitAsync(CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                var info = _info = await engine.ProbeAsync(cancellation);
                Log.Docker(logger, info.Version, info.Cpus, info.Memory >> 30);
                return info;
            }
            catch (ContainerEngineException fault) when (fault.InnerException is OperationCanceledException)
            {
                _detail = fault.Message;
                Log.Hangs(logger, fault.Message, Pause.TotalSeconds);
            }
            await Task.Delay(Pause, time, cancellation);
        }
    }

    static partial class Log
    {
        [LoggerMessage(3060, LogLevel.Information, "Docker {Version}: {Cpus} CPUs, {Memory} GiB")]
        public static partial void Docker(ILogger logger, string version, int cpus, long memory);

        [LoggerMessage(3061, LogLevel.Error, "{Reason} Next try in {Seconds} s.")]
        public static partial void Hangs(ILogger logger, string reason, double seconds);
    }
}
