namespace ComputeMiner.Containers;

/// <summary>
/// Waits for an engine that hangs: says so, and asks again. One that is not there, or not for this user, is the operator's to mend first.
/// Once it has answered it is looked at for as long as the miner runs, so that the status says what is the case and not what was.
/// </summary>
sealed partial class EngineWatch(IContainerEngine engine, TimeProvider time, ILogger<EngineWatch> logger) : BackgroundService
{
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    volatile EngineInfo? _info;
    volatile ContainerEngineException? _fault;

    /// <summary>It answered when it was asked last.</summary>
    public bool Answers => _info is not null && _fault is null;

    /// <summary>What it said of itself; null until it answered for the first time.</summary>
    public EngineInfo? Info => _info;

    /// <summary>How it stands, for the status.</summary>
    public string Detail => (_fault, _info) switch
    {
        ({ } fault, _) => fault.Message,
        (_, { } info) => $"Docker {info.Version}, {info.Cpus} CPUs",
        _ => "asked for its version",
    };

    /// <summary>What an operator can do while it does not answer.</summary>
    public string Remedy => _fault is ContainerEngineUnavailableException
        ? "see `journalctl -u docker` for why; a rental whose container runs goes on"
        : "see `journalctl -u docker`, and restart it with `sudo systemctl restart docker`; running containers may stop";

    /// <summary>Returns once it answers, with what it said of itself.</summary>
    /// <exception cref="ContainerEngineException">It is not there, refuses, or is none.</exception>
    public async Task<EngineInfo> WaitAsync(CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                var info = _info = await engine.ProbeAsync(cancellation);
                _fault = null;
                Log.Docker(logger, info.Version, info.Cpus, info.Memory >> 30);
                return info;
            }
            catch (ContainerEngineException fault) when (fault.InnerException is OperationCanceledException)
            {
                _fault = fault;
                Log.Hangs(logger, fault.Message, Pause.TotalSeconds);
            }
            await Task.Delay(Pause, time, cancellation);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await Task.Delay(Answers ? Period : Pause, time, stoppingToken);
            await LookAsync(stoppingToken);
        }
    }

    async Task LookAsync(CancellationToken cancellation)
    {
        try
        {
            _info = await engine.ProbeAsync(cancellation);
            if (_fault is not null)
                Log.Back(logger);
            _fault = null;
        }
        catch (ContainerEngineException fault)
        {
            if (_fault is null)
                Log.Away(logger, fault.Message);
            _fault = fault;
        }
    }

    static partial class Log
    {
        [LoggerMessage(3060, LogLevel.Information, "Docker {Version}: {Cpus} CPUs, {Memory} GiB")]
        public static partial void Docker(ILogger logger, string version, int cpus, long memory);

        [LoggerMessage(3061, LogLevel.Error, "{Reason} Next try in {Seconds} s.")]
        public static partial void Hangs(ILogger logger, string reason, double seconds);

        [LoggerMessage(3062, LogLevel.Error, "Docker does not answer any more: {Reason}")]
        public static partial void Away(ILogger logger, string reason);

        [LoggerMessage(3063, LogLevel.Information, "Docker answers again")]
        public static partial void Back(ILogger logger);
    }
}
