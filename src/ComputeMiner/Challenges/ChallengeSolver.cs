using Bittensor.Axon;
using Bittensor.Compute;

namespace ComputeMiner.Challenges;

/// <summary>
/// Has hashcat work on one challenge at a time, the highest priority first and equal ones by arrival. The GPU is the renter's:
/// while somebody has the machine nothing is worked on, and what is worked on when somebody gets it ends at once.
/// </summary>
sealed partial class ChallengeSolver
{
    const string TimedOut = "Hashcat execution timed out";
    const string Rented = "run_hashcat execution failed: the machine is not free";
    const string Stopping = "run_hashcat execution failed: the miner is stopping";
    const string Hung = "run_hashcat execution failed: an earlier hashcat has not ended";
    const string Full = "run_hashcat execution failed: too many challenges wait";

    readonly Hashcat _hashcat;
    readonly HashcatProgram _program;
    readonly Func<bool> _isFree;
    readonly TimeProvider _time;
    readonly ILogger _logger;
    readonly CancellationToken _stop;
    readonly TurnQueue _turns;
    readonly Lock _lock = new();
    CancellationTokenSource? _running;
    TaskCompletionSource? _ended;
    HashcatExit? _hung;
    string? _runId;
    HashcatStatus? _progress;
    long _solved;
    long _unsolved;

    /// <param name="hashcat">Does the work.</param>
    /// <param name="program">The program it is done with.</param>
    /// <param name="isFree">Whether nobody has the machine.</param>
    /// <param name="mostWaiting">Challenges that may wait; one more is refused.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">What an operator acts on.</param>
    /// <param name="stop">Ends whatever runs or waits.</param>
    public ChallengeSolver(
        Hashcat hashcat, HashcatProgram program, Func<bool> isFree, int mostWaiting, TimeProvider time, ILogger<ChallengeSolver> logger, CancellationToken stop)
    {
        (_hashcat, _program, _isFree, _time, _logger, _stop) = (hashcat, program, isFree, time, logger, stop);
        _turns = new TurnQueue(1, mostWaiting, time);
        Log.Ready(logger, program.Version, program.Path, hashcat.DeviceTypes == "2" ? "GPU" : "CPU");
    }

    public ChallengeStatus Current
    {
        get
        {
            lock (_lock)
                return new ChallengeStatus(_runId, _progress?.Share ?? 0, _progress?.Speed ?? 0, _turns.Waiting, _solved, _unsolved);
        }
    }

    /// <summary>Somebody got the machine: ends the run, without waiting for it.</summary>
    public void Yield()
    {
        lock (_lock)
            _ = _running?.CancelAsync();
    }

    /// <summary>
    /// Why the GPUs cannot go to anybody: a hashcat that was killed and does not end holds their memory. Null when nothing is in the way.
    /// </summary>
    public string? Obstacle => _hashcat.UsesGpus && HungProcess is { } id
        ? $"hashcat (process {id}) was killed and does not end, so that it may hold memory of a GPU. See `ps -o pid,stat,wchan {id}`; a hung driver needs a restart of the machine."
        : null;

    int? HungProcess
    {
        get
        {
            lock (_lock)
                return _hung is { Ended.IsCompleted: false } hung ? hung.Left : null;
        }
    }

    /// <summary>Somebody is about to get the machine: ends the run and waits for it. Null, or what is in the way.</summary>
    public async Task<string?> YieldAsync(CancellationToken cancellation)
    {
        Task ended;
        lock (_lock)
            ended = _ended?.Task ?? Task.CompletedTask;
        Yield();
        await ended.WaitAsync(cancellation);
        return Obstacle;
    }

    /// <summary>Works on a challenge. Every way it can end is an answer.</summary>
    /// <param name="task">The challenge.</param>
    /// <param name="runId">Its name.</param>
    /// <param name="priority">Higher goes first.</param>
    /// <param name="patience">How long the caller waits at all.</param>
    /// <param name="cancellation">Fires when the caller's time is over or he is gone.</param>
    public async Task<ChallengeOutput> SolveAsync(ChallengeTask task, string runId, double priority, TimeSpan patience, CancellationToken cancellation)
    {
        var started = _time.GetTimestamp();
        if (HungProcess is not null)
            return Stopped(runId, started, Hung);
        if (!_isFree())
            return Stopped(runId, started, Rented);
        Log.Received(_logger, runId, _turns.Waiting);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stop);
        switch (await _turns.EnterAsync(priority, patience, end.Token))
        {
            case Turn.Full:
                return Stopped(runId, started, Full);
            case Turn.GivenUp:
                return Stopped(runId, started, _stop.IsCancellationRequested ? Stopping : TimedOut);
        }
        try
        {
            return await RunAsync(task, runId, started, end);
        }
        finally
        {
            _turns.Leave();
        }
    }

    async Task<ChallengeOutput> RunAsync(ChallengeTask task, string runId, long started, CancellationTokenSource end)
    {
        using var running = CancellationTokenSource.CreateLinkedTokenSource(end.Token);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
            (_running, _runId, _progress, _ended) = (running, runId, null, ended);
        try
        {
            // After the run can be found by Yield: whoever gets the machine from here on ends it.
            if (HungProcess is not null)
                return Stopped(runId, started, Hung);
            if (!_isFree())
                return Stopped(runId, started, Rented);
            Log.Working(_logger, runId);
            var result = await _hashcat.SearchAsync(_program, task, Report, running.Token);
            Watch(result.Exit, runId);
            if (result.Password is { } password)
                return Solved(runId, started, password);
            if (running.IsCancellationRequested)
                return Stopped(runId, started, _stop.IsCancellationRequested ? Stopping : end.IsCancellationRequested ? TimedOut : Rented);
            return Failed(runId, started, result.Exit);
        }
        catch (OperationCanceledException) when (running.IsCancellationRequested)
        {
            return Stopped(runId, started, _stop.IsCancellationRequested ? Stopping : end.IsCancellationRequested ? TimedOut : Rented);
        }
        catch (HashcatException fault)
        {
            Log.Unusable(_logger, runId, fault.Message);
            return Unsolved(runId, started, "run_hashcat execution failed");
        }
        finally
        {
            lock (_lock)
                (_running, _runId, _progress, _ended) = (null, null, null, null);
            ended.SetResult();
        }
    }

    // No other hashcat starts beside one that hangs; challenges are worked on again when it ends after all.
    void Watch(HashcatExit exit, string runId)
    {
        if (exit.Left == 0)
            return;
        lock (_lock)
            _hung = exit;
        Log.Hung(_logger, runId, exit.Left);
        exit.Ended.ContinueWith(_ => Log.HungEnded(_logger, exit.Left), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    void Report(HashcatStatus status)
    {
        lock (_lock)
            _progress = status;
    }

    ChallengeOutput Solved(string runId, long started, string password)
    {
        Interlocked.Increment(ref _solved);
        var seconds = SecondsSince(started);
        Log.Solved(_logger, runId, seconds);
        return new ChallengeOutput { Password = password, LocalExecutionTime = seconds };
    }

    ChallengeOutput Failed(string runId, long started, HashcatExit exit)
    {
        if (exit.Code == 0)
        {
            Log.WrongResult(_logger, runId, _program.Path);
            return Unsolved(runId, started, "run_hashcat execution failed: no password");
        }
        Log.Failed(_logger, runId, exit.Code, exit.Meaning, exit.Errors);
        return Unsolved(runId, started, $"Hashcat execution failed with code {exit.Code}: {exit.Meaning}");
    }

    ChallengeOutput Stopped(string runId, long started, string cause)
    {
        Log.Stopped(_logger, runId, SecondsSince(started), cause);
        return Unsolved(runId, started, cause);
    }

    // The reference's words, cross included (neurons/Miner/pow.py), without what hashcat wrote: that is for the operator.
    ChallengeOutput Unsolved(string runId, long started, string cause)
    {
        Interlocked.Increment(ref _unsolved);
        return new ChallengeOutput { LocalExecutionTime = SecondsSince(started), Error = $"{runId}: ❌ {cause}" };
    }

    double SecondsSince(long started) => _time.GetElapsedTime(started).TotalSeconds;
}
