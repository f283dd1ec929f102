using Bittensor.Substrate.Rpc;
using Microsoft.Extensions.Logging;

namespace Bittensor.Substrate;

/// <summary>
/// Keeps a session open: connects on first need, and after every loss again, at the next endpoint, with pauses that double up to a
/// limit while no session lasts, and vary by a fifth, so that many clients do not return in step.
/// </summary>
sealed class SessionKeeper(SubstrateOptions options, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    readonly OutageLog _outage = new(time, logger);
    readonly ChainIdentity _identity = new(options);
    readonly Dictionary<Uri, RequestPatience> _patience = [];
    readonly CancellationTokenSource _stopping = new();
    readonly Lock _lock = new();
    TaskCompletionSource<ChainSession> _online = New();
    SubstrateException? _lastFault;
    Task? _running;

    public HeadFeed Heads { get; } = new();

    /// <summary>The open session; waits for one.</summary>
    /// <exception cref="SubstrateException">None within the offline timeout; the message has the last fault.</exception>
    public async Task<ChainSession> GetAsync(CancellationToken cancellation)
    {
        Task<ChainSession> online;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_stopping.IsCancellationRequested, this);
            _running ??= Task.Run(RunAsync, CancellationToken.None);
            online = _online.Task;
        }
        try
        {
            return await online.WaitAsync(options.OfflineTimeout, time, cancellation);
        }
        catch (TimeoutException fault)
        {
            var reason = _lastFault?.Message ?? "No endpoint answered.";
            throw new SubstrateException(
                $"There is no connection to the chain after {options.OfflineTimeout.TotalSeconds:0.#} s. {reason}", isTransient: true, _lastFault ?? (Exception)fault);
        }
    }

    /// <summary>Waits until a session that has ended is no longer handed out.</summary>
    public async Task LeaveAsync(ChainSession ended)
    {
        await ended.Rpc.Ended;
        lock (_lock)
        {
            if (_online.Task.IsCompletedSuccessfully && _online.Task.Result == ended)
                _online = New();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task? running;
        lock (_lock)
        {
            if (_stopping.IsCancellationRequested)
                return;
            _stopping.Cancel();
            running = _running;
        }
        if (running is not null)
            await running;
        Heads.Complete();
        _online.TrySetException(new ObjectDisposedException(nameof(SessionKeeper)));
        _ = _online.Task.Exception;
        _stopping.Dispose();
    }

    async Task RunAsync()
    {
        ChainSession? last = null;
        var failures = 0;
        try
        {
            for (var turn = 0; ; turn++)
            {
                var endpoint = options.Endpoints[turn % options.Endpoints.Count];
                var began = time.GetTimestamp();
                try
                {
                    await using var session = await OpenAsync(endpoint, last);
                    last = session;
                    _outage.Connected(endpoint, session.Runtime.SpecVersion, session.Runtime.Metadata.Version, session.Head.Number);
                    lock (_lock)
                        _online.TrySetResult(session);
                    var opened = time.GetTimestamp();
                    _lastFault = await session.RunAsync(Heads, _stopping.Token);
                    // A node that takes connections and drops them is no better than one that takes none.
                    if (time.GetElapsedTime(opened) >= OutageLog.Stable)
                        failures = 0;
                }
                catch (SubstrateException fault)
                {
                    _lastFault = fault;
                }
                catch (Exception fault) when (fault is not OperationCanceledException)
                {
                    // Nobody starts this task again: no answer may end it.
                    _lastFault = new SubstrateException($"The node at {ShownEndpoint.Of(endpoint)} sent something that cannot be read: {fault.Message}", isTransient: true, fault);
                }
                lock (_lock)
                {
                    if (_online.Task.IsCompleted)
                        _online = New();
                }
                _stopping.Token.ThrowIfCancellationRequested();
                var pause = Pause(failures++, time.GetElapsedTime(began));
                _outage.Failed(endpoint, _lastFault!.Message, pause);
                await Task.Delay(pause, time, _stopping.Token);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The client is being disposed.
        }
    }

    async Task<ChainSession> OpenAsync(Uri endpoint, ChainSession? last)
    {
        if (!_patience.TryGetValue(endpoint, out var patience))
            _patience[endpoint] = patience = new RequestPatience(options, time);
        var rpc = await RpcConnection.ConnectAsync(endpoint, options, time, _stopping.Token, patience);
        return await ChainSession.OpenAsync(rpc, _identity, last, options, time, logger, _stopping.Token);
    }

    /// <summary>What the attempt itself took counts: after a node that was silent for long, waiting again helps nobody.</summary>
    TimeSpan Pause(int failures, TimeSpan taken)
    {
        var doubled = options.FirstBackoff * Math.Pow(2, Math.Min(failures, 20));
        var bounded = doubled < options.LongestBackoff ? doubled : options.LongestBackoff;
        var left = bounded - taken > options.FirstBackoff ? bounded - taken : options.FirstBackoff;
        return (left < bounded ? left : bounded) * (0.8 + (0.4 * Random.Shared.NextDouble()));
    }

    static TaskCompletionSource<ChainSession> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
