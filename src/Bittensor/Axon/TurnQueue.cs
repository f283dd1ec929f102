namespace Bittensor.Axon;

/// <summary>
/// Decides who runs next when more requests wait than may run: the highest priority, equal ones by arrival. Whoever has
/// waited for half of his time, and for a second, goes before all who have not, so that a stream of high priorities starves nobody. When
/// more wait than may, the lowest priority makes room, the last arrival of equal ones.
/// </summary>
public sealed class TurnQueue(int maxRunning, int maxWaiting, TimeProvider time)
{
    /// <summary>Nobody gets ahead of others by saying that he has no time.</summary>
    static readonly TimeSpan LeastWait = TimeSpan.FromSeconds(1);

    readonly Lock _lock = new();

    /// <summary>In order of arrival; a few hundred at most, so that a scan is cheaper than a heap with two orders.</summary>
    readonly List<Waiter> _waiting = [];

    int _running;

    /// <summary>Handlers running now.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>Requests waiting now.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
                return _waiting.Count;
        }
    }

    /// <summary>Waits for a turn.</summary>
    /// <param name="priority">Higher goes first.</param>
    /// <param name="patience">How long the caller can wait at all.</param>
    /// <param name="cancellation">Fires when the caller can wait no longer.</param>
    public ValueTask<Turn> EnterAsync(double priority, TimeSpan patience, CancellationToken cancellation)
    {
        Waiter waiter;
        Waiter? displaced = null;
        lock (_lock)
        {
            if (_running < maxRunning)
            {
                _running++;
                return new(Turn.Granted);
            }
            if (_waiting.Count >= maxWaiting)
            {
                displaced = Lowest();
                if (displaced is null || displaced.Priority >= priority)
                    return new(Turn.Full);
                _waiting.Remove(displaced);
            }
            var untilUrgent = patience / 2;
            waiter = new Waiter(priority, time.GetUtcNow() + (untilUrgent > LeastWait ? untilUrgent : LeastWait));
            _waiting.Add(waiter);
        }
        displaced?.Displace();
        return WaitAsync(waiter, cancellation);
    }

    /// <summary>Ends a turn and grants the next one.</summary>
    public void Leave()
    {
        Waiter? next;
        lock (_lock)
        {
            next = TakeNext();
            if (next is null)
                _running--;
        }
        next?.Grant();
    }

    async ValueTask<Turn> WaitAsync(Waiter waiter, CancellationToken cancellation)
    {
        await using (cancellation.UnsafeRegister(_ => GiveUp(waiter), null))
            return await waiter.Task;
    }

    void GiveUp(Waiter waiter)
    {
        bool waits;
        lock (_lock)
            waits = _waiting.Remove(waiter);
        // Whoever was taken out of the list by Leave already has his turn.
        if (waits)
            waiter.GiveUp();
    }

    Waiter? TakeNext()
    {
        Waiter? best = null;
        var now = time.GetUtcNow();
        foreach (var waiter in _waiting)
        {
            if (best is null || Precedes(waiter, best, now))
                best = waiter;
        }
        if (best is not null)
            _waiting.Remove(best);
        return best;
    }

    Waiter? Lowest()
    {
        Waiter? lowest = null;
        foreach (var waiter in _waiting)
        {
            if (lowest is null || waiter.Priority <= lowest.Priority)
                lowest = waiter;
        }
        return lowest;
    }

    /// <summary>True when the later arrival <paramref name="waiter"/> goes before <paramref name="best"/>.</summary>
    static bool Precedes(Waiter waiter, Waiter best, DateTimeOffset now)
    {
        var (urgent, bestUrgent) = (waiter.UrgentFrom <= now, best.UrgentFrom <= now);
        if (urgent != bestUrgent)
            return urgent;
        return urgent ? waiter.UrgentFrom < best.UrgentFrom : waiter.Priority > best.Priority;
    }

    sealed class Waiter(double priority, DateTimeOffset urgentFrom)
    {
        readonly TaskCompletionSource<Turn> _turn = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public double Priority { get; } = priority;

        public DateTimeOffset UrgentFrom { get; } = urgentFrom;

        public Task<Turn> Task => _turn.Task;

        public void Grant() => _turn.SetResult(Turn.Granted);

        public void Displace() => _turn.SetResult(Turn.Full);

        public void GiveUp() => _turn.SetResult(Turn.GivenUp);
    }
}
