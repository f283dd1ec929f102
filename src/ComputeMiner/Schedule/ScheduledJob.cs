namespace ComputeMiner.Schedule;

/// <summary>
/// One job and its place in the schedule. Blocks are cut into windows of the job's interval, counted from its phase; the job runs at the
/// first head it sees of each window. Heads that were missed move nothing: the next window begins where it would have begun anyway.
/// </summary>
sealed partial class ScheduledJob(BlockJob job, ScheduledJob? next, TimeProvider time, ILogger logger)
{
    /// <summary>
    /// A head further behind the last run than this is no reorganisation but another chain, or the truth after one absurd head: the count
    /// begins anew. Less deep ones do not run a job twice.
    /// </summary>
    const ulong DeepestReorganisation = 25;

    /// <summary>In which a job that was told to end does so.</summary>
    static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    readonly Lock _gate = new();
    readonly ulong _phase = job.Phase % job.Interval;
    ulong? _window;
    ulong _lastBlock;
    ulong? _missed;
    long _begun;
    Task _running = Task.CompletedTask;
    JobStatus _status = new(job.Name, job.Interval, job.Patience.TotalSeconds, 0, null, null, false, true, "not run yet");

    public JobStatus Status
    {
        get
        {
            lock (_gate)
            {
                // One that does not listen to its limit keeps its place until it ends, but not its last result.
                return _status.IsRunning && time.GetElapsedTime(_begun) >= job.Patience + Grace
                    ? _status with { Ok = false, Result = $"has not ended within {job.Patience.TotalSeconds:0} s, and still runs" }
                    : _status;
            }
        }
    }

    /// <summary>Completes with the run under way, whatever becomes of it.</summary>
    public Task Running
    {
        get
        {
            lock (_gate)
                return _running;
        }
    }

    /// <summary>
    /// Starts the job when it is due and not under way; returns at once. One that is late runs at the first head after it ended; one of
    /// every head at once for the newest it missed, and again at a head told again when it failed there: the chain is back.
    /// </summary>
    public void OnHead(ulong block, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (!IsDue(block))
                return;
            if (_status.IsRunning)
            {
                if (job.Interval == 1)
                    _missed = block;
                return;
            }
            Begin(block);
            // Its first steps are not the follower's to wait for.
            _running = Task.Run(() => RunAsync(block, cancellation), CancellationToken.None);
        }
    }

    bool IsDue(ulong block)
    {
        if (_window is not { } last)
            return true;
        if (job.Interval == 1)
            return block != _lastBlock || (!_status.Ok && !_status.IsRunning);
        return WindowOf(block) > last || (block < _lastBlock && _lastBlock - block > DeepestReorganisation);
    }

    // No sum of a block and something: a head may name any number.
    ulong WindowOf(ulong block) => (block / job.Interval) + (_phase > 0 && block % job.Interval >= _phase ? 1ul : 0);

    void Begin(ulong block)
    {
        (_window, _lastBlock, _missed) = (WindowOf(block), block, null);
        _begun = time.GetTimestamp();
        _status = _status with { Runs = _status.Runs + 1, Block = block, Started = time.GetUtcNow(), IsRunning = true };
    }

    async Task RunAsync(ulong first, CancellationToken cancellation)
    {
        for (ulong? block = first; block is { } due;)
        {
            var (ok, result) = await RunOnceAsync(due, cancellation);
            block = End(ok, result, cancellation);
            next?.OnHead(due, cancellation);
        }
    }

    async Task<(bool Ok, string Result)> RunOnceAsync(ulong block, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(job.Patience, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            return (true, await job.RunAsync(block, linked.Token));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return (true, "stopped");
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            return (false, $"did not end within {job.Patience.TotalSeconds:0} s");
        }
#pragma warning disable CA1031 // A job that fails in a way nobody foresaw is shown and tried again; the others go on.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            return (false, fault.Message);
        }
    }

    /// <summary>Notes the result, and begins anew at the head that was missed meanwhile: null when there was none.</summary>
    ulong? End(bool ok, string result, CancellationToken cancellation)
    {
        bool turned;
        ulong? missed;
        lock (_gate)
        {
            turned = _status.Ok != ok;
            _status = _status with { IsRunning = false, Ok = ok, Result = result };
            missed = cancellation.IsCancellationRequested ? null : _missed;
            if (missed is { } block)
                Begin(block);
        }
        if (turned && !job.TellsItself && ok)
            Log.Recovered(logger, job.Name, result);
        else if (turned && !job.TellsItself)
            Log.Failed(logger, job.Name, result);
        return missed;
    }

    static partial class Log
    {
        [LoggerMessage(6250, LogLevel.Warning, "{Job} failed: {Reason}")]
        public static partial void Failed(ILogger logger, string job, string reason);

        [LoggerMessage(6251, LogLevel.Information, "{Job} works again: {Result}")]
        public static partial void Recovered(ILogger logger, string job, string result);
    }
}
