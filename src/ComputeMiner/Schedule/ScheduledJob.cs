namespace ComputeMiner.Schedule;

/// <summary>
/// One job and its place in the schedule. Blocks are cut into windows of the job's interval, counted from block 0; the job runs at the
/// first head it sees of each window. Heads that were missed move nothing: the next window begins where it would have begun anyway.
/// </summary>
sealed partial class ScheduledJob(BlockJob job, TimeProvider time, ILogger logger)
{
    /// <summary>
    /// A head further behind the last run than this is no reorganisation but another chain, or the truth after one absurd head: the count
    /// begins anew. Less deep ones do not run a job twice.
    /// </summary>
    const ulong DeepestReorganisation = 25;

    readonly Lock _gate = new();
    ulong? _window;
    ulong _lastBlock;
    Task _running = Task.CompletedTask;
    JobStatus _status = new(job.Name, job.Interval, 0, null, null, false, true, "not run yet");

    public JobStatus Status
    {
        get
        {
            lock (_gate)
                return _status;
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

    /// <summary>Starts the job when it is due and not under way; returns at once. One that is late runs at the first head after it ended.</summary>
    public void OnHead(ulong block, CancellationToken cancellation)
    {
        lock (_gate)
        {
            var window = block / job.Interval;
            if (_window is { } last && window <= last && (block >= _lastBlock || _lastBlock - block <= DeepestReorganisation))
                return;
            if (!_running.IsCompleted)
                return;
            (_window, _lastBlock) = (window, block);
            _status = _status with { Runs = _status.Runs + 1, Block = block, Started = time.GetUtcNow(), IsRunning = true };
            // Its first steps are not the follower's to wait for.
            _running = Task.Run(() => RunAsync(block, cancellation), CancellationToken.None);
        }
    }

    async Task RunAsync(ulong block, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(job.Patience, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            End(ok: true, await job.RunAsync(block, linked.Token));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            End(ok: true, "stopped");
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            End(ok: false, $"did not end within {job.Patience.TotalSeconds:0} s");
        }
#pragma warning disable CA1031 // A job that fails in a way nobody foresaw is shown and tried again; the others go on.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            End(ok: false, fault.Message);
        }
    }

    void End(bool ok, string result)
    {
        bool turned;
        lock (_gate)
        {
            turned = _status.Ok != ok;
            _status = _status with { IsRunning = false, Ok = ok, Result = result };
        }
        if (turned && ok)
            Log.Recovered(logger, job.Name, result);
        else if (turned)
            Log.Failed(logger, job.Name, result);
    }

    static partial class Log
    {
        [LoggerMessage(6250, LogLevel.Warning, "{Job} failed: {Reason}")]
        public static partial void Failed(ILogger logger, string job, string reason);

        [LoggerMessage(6251, LogLevel.Information, "{Job} works again: {Result}")]
        public static partial void Recovered(ILogger logger, string job, string result);
    }
}
