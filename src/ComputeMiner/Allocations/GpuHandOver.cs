using ComputeMiner.Gpus;

namespace ComputeMiner.Allocations;

/// <summary>
/// Holds the machine back until its GPUs are fit for the next holder: the same ones as before, no process and next to no memory in use, and
/// no error that only a reset mends. Looks on a period and after each release; a rental that runs is watched and left alone.
/// </summary>
sealed partial class GpuHandOver(
    Func<IReadOnlyList<string>> handedOut, Func<CancellationToken, Task<IReadOnlyList<Gpu>>> read, Func<IReadOnlyList<XidError>> errors, TimeProvider time,
    ILogger<GpuHandOver> logger)
    : BackgroundService, IHandOverGate
{
    /// <summary>Bytes that may be in use on an idle GPU. A driver keeps some hundred megabytes for itself.</summary>
    public const long IdleMemory = 1L << 30;

    static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);
    static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(2);
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    readonly SemaphoreSlim _turn = new(1, 1);
    readonly Dictionary<string, string> _places = [];
    HashSet<string> _told = [];
    volatile TaskCompletionSource _wake = new(TaskCreationOptions.RunContinuationsAsynchronously);
    volatile Allocation? _holder;
    volatile string? _obstacle;

    // A number for each change of what holds the machine, and the one the last good look began with: a look is worth nothing when somebody
    // had the machine meanwhile, also if it was given back before the look was over.
    int _change;
    volatile int _seen = -1;

    public bool IsClear => _seen == Volatile.Read(ref _change) && _obstacle is null;

    public string? Obstacle => _obstacle;

    public string Detail => _obstacle ?? (IsClear || _holder is not null ? $"{handedOut().Count} GPUs" : "looking at the GPUs");

    /// <summary>Follows who has the machine.</summary>
    public void Follow(AllocationSnapshot snapshot)
    {
        var before = _holder;
        _holder = snapshot.Allocation;
        if (snapshot.Allocation is not null)
            Interlocked.Increment(ref _change);
        else if (before is not null)
            _wake.TrySetResult();
    }

    public async Task<string?> ClearAsync(CancellationToken cancellation)
    {
        if (IsClear)
            return null;
        var start = time.GetTimestamp();
        while (true)
        {
            var (lasting, passing) = await LookAsync(forNext: true, cancellation);
            if ((lasting ?? passing) is not { } obstacle)
                return null;
            if (lasting is not null || time.GetElapsedTime(start) >= Patience)
                return obstacle;
            await Task.Delay(Pause, time, cancellation);
        }
    }

    /// <summary>Looks once. What holds the machine keeps it, whatever is found.</summary>
    public Task LookAsync(CancellationToken cancellation) => LookAsync(forNext: false, cancellation);

    public override void Dispose()
    {
        base.Dispose();
        _turn.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await LookAsync(stoppingToken);
            var wake = _wake.Task;
            using var pause = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            await Task.WhenAny(wake, Task.Delay(_obstacle is null ? Interval : RetryInterval, time, pause.Token));
            stoppingToken.ThrowIfCancellationRequested();
            await pause.CancelAsync();
            if (wake.IsCompleted)
                _wake = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    // Lasting: nothing the machine does by itself takes it away. Passing: what a tenant leaves, gone with its last process.
    async Task<(string? Lasting, string? Passing)> LookAsync(bool forNext, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            var change = Volatile.Read(ref _change);
            var running = forNext ? null : _holder;
            IReadOnlyList<Gpu> gpus;
            try
            {
                gpus = await read(cancellation);
            }
            catch (GpuReadException fault)
            {
                return Report((fault.Message, null), running);
            }
            foreach (var gpu in gpus)
                _places[gpu.Uuid] = gpu.Pci;
            var lasting = FindLost(gpus) ?? FindFatal() ?? gpus.FirstOrDefault(gpu => gpu.IsMig && handedOut().Contains(gpu.Uuid))?.MigFault();
            // A holder's processes are his own; only between two of them must there be none.
            var passing = running is null ? FindRest(gpus) : null;
            if (lasting is null && passing is null && running is null)
                _seen = change;
            return Report((lasting, passing), running);
        }
        finally
        {
            _turn.Release();
        }
    }

    string? FindLost(IReadOnlyList<Gpu> gpus)
    {
        var lost = handedOut().Except(gpus.Select(gpu => gpu.Uuid)).ToList();
        return lost.Count == 0 ? null
            : $"{string.Join(", ", lost)} cannot be used any more. Reset it with `nvidia-smi --gpu-reset` or restart the machine; "
            + $"if it was taken out, delete the file '{GpuRoster.FileName}' in the state directory and restart the miner.";
    }

    string? FindFatal()
    {
        var ours = errors().Where(Concerns).ToList();
        // A tenant's program can cause harmless ones as fast as it likes: one line per kind and look.
        foreach (var kind in ours.Where(error => !_told.Contains(error.Line)).GroupBy(error => (error.Pci, error.Code)))
            Log.Xid(logger, kind.Key.Code, kind.Count(), kind.Last().Line);
        _told = [.. ours.Select(error => error.Line)];
        var fatal = ours.Find(error => error.IsFatal);
        return fatal is null ? null : $"A GPU reported Xid {fatal.Code}, after which it needs a reset: {fatal.Line}. Reset it or restart the machine, then say so with `miner gpus --clear`.";
    }

    // One whose place is not known is taken for ours.
    bool Concerns(XidError error) => !_places.Any(place => place.Value == error.Pci && !handedOut().Contains(place.Key));

    string? FindRest(IReadOnlyList<Gpu> gpus)
    {
        foreach (var gpu in gpus.Where(gpu => handedOut().Contains(gpu.Uuid)))
        {
            var strangers = gpu.Processes.Where(id => !OwnProcesses.Contains(id)).ToList();
            if (strangers.Count > 0)
                return $"Process {string.Join(", ", strangers)} uses {gpu.Uuid}. See it with `ps -fp {strangers[0]}` and end it, or keep this GPU out with --container.gpus.";
            // What our own work holds is freed with it.
            if (gpu.Used > IdleMemory && gpu.Processes.Count == 0)
                return $"{gpu.Used >> 20} MiB are in use on {gpu.Uuid} although no process computes there. See `nvidia-smi`.";
        }
        return null;
    }

    (string? Lasting, string? Passing) Report((string? Lasting, string? Passing) found, Allocation? holder)
    {
        var obstacle = found.Lasting ?? found.Passing;
        if (obstacle != _obstacle)
        {
            if (obstacle is null)
                Log.Clear(logger, handedOut().Count);
            else if (holder is null)
                Log.HeldBack(logger, obstacle);
            else
                Log.HeldBackLater(logger, holder.Id, obstacle);
        }
        _obstacle = obstacle;
        return found;
    }

    static partial class Log
    {
        [LoggerMessage(2400, LogLevel.Warning, "The machine is not handed out: {Obstacle}")]
        public static partial void HeldBack(ILogger logger, string obstacle);

        [LoggerMessage(2401, LogLevel.Warning, "Allocation {Id} goes on; after it the machine is not handed out: {Obstacle}")]
        public static partial void HeldBackLater(ILogger logger, string id, string obstacle);

        [LoggerMessage(2402, LogLevel.Information, "The {Count} GPUs are fit to be handed out again")]
        public static partial void Clear(ILogger logger, int count);

        [LoggerMessage(2403, LogLevel.Error, "A GPU reported Xid {Code}, {Count} new: {Line}")]
        public static partial void Xid(ILogger logger, int code, int count, string line);
    }
}
