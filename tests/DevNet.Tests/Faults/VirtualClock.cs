using Bittensor.Substrate;

namespace DevNet.Tests.Faults;

/// <summary>
/// A clock that stands still while a client and its node have something to do, and goes on to the next timer when the client waits for
/// nothing but time: for a reply that the node has lost, or in a pause between two connections. So a test measures what a fault costs by
/// the client's own limits, on however busy a machine.
/// </summary>
sealed class VirtualClock(SubstrateOptions options) : TimeProvider
{
    readonly Lock _lock = new();
    readonly List<Waiting> _timers = [];
    (int Connections, int Received, int Unanswered) _node;
    int _expectedConnections;
    int _expectedRequests;
    long _now = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).Ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _now);

    public override DateTimeOffset GetUtcNow() => new(GetTimestamp(), TimeSpan.Zero);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Waiting(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Goes on by one timer when only time helps the client; false while it has something to do.</summary>
    /// <param name="node">Connections and requests so far, and requests on the newest connection that will not be answered.</param>
    /// <param name="end">When to stop before the timer.</param>
    public bool PassIfStuck((int Connections, int Received, int Unanswered) node, DateTimeOffset? end = null)
    {
        Waiting? next;
        lock (_lock)
        {
            _node = node;
            // A request may be on its way again, or the connection it was lost on given up.
            var unanswered = node.Connections < _expectedConnections || node.Received < _expectedRequests ? 0 : node.Unanswered;
            var asking = _timers.Count(timer => IsDeadline(timer.Span));
            var isStuck = _timers.TrueForAll(timer => timer.Span != options.ConnectTimeout)
                && (asking > 0 ? unanswered >= asking : _timers.Exists(timer => IsPause(timer.Span)));
            next = isStuck ? _timers.MinBy(timer => timer.Due) : null;
        }
        if (next is null)
            return false;
        var until = Math.Min(next.Due, end?.Ticks ?? long.MaxValue);
        Pass(TimeSpan.FromTicks(Math.Max(0, until - GetTimestamp())));
        return true;
    }

    /// <summary>Lets a time pass, and what falls due in it happen in its order.</summary>
    public void Pass(TimeSpan span)
    {
        for (var end = GetTimestamp() + span.Ticks; ;)
        {
            Waiting? next;
            lock (_lock)
            {
                next = _timers.MinBy(timer => timer.Due);
                if (next is null || next.Due > end)
                {
                    Interlocked.Exchange(ref _now, end);
                    return;
                }
                Interlocked.Exchange(ref _now, Math.Max(_now, next.Due));
                _timers.Remove(next);
                if (IsPause(next.Span))
                    (_expectedConnections, _expectedRequests) = (_node.Connections + 1, 0);
                else if (IsDeadline(next.Span))
                    _expectedRequests = Math.Max(_expectedRequests, _node.Received) + 1;
            }
            next.Fire();
        }
    }

    /// <summary>Pauses have a random part; every deadline is of whole seconds.</summary>
    static bool IsPause(TimeSpan span) => span.Ticks % TimeSpan.TicksPerSecond != 0;

    bool IsDeadline(TimeSpan span) => !IsPause(span) && span <= options.LongestRequestTimeout
        && span != options.ConnectTimeout && span != options.HeadTimeout && span != options.OfflineTimeout;

    public override string ToString()
    {
        lock (_lock)
            return $"{GetUtcNow():mm:ss.f} {string.Join(' ', _timers.Select(timer => timer.Span))}";
    }

    sealed class Waiting(VirtualClock clock, Action callback) : ITimer
    {
        public TimeSpan Span { get; private set; }

        public long Due { get; private set; }

        public void Fire() => callback();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._lock)
            {
                clock._timers.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan)
                    return true;
                (Span, Due) = (dueTime, clock.GetTimestamp() + dueTime.Ticks);
                clock._timers.Add(this);
            }
            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
