namespace ComputeMiner.Allocations;

/// <summary>
/// Who has the machine, in memory: one holder, and at most one rental that waits for the holder to be cleared away. Decides at once
/// and touches nothing else, so that a check costs nothing.
/// </summary>
sealed class AllocationSlot
{
    readonly Lock _turn = new();
    (Allocation Allocation, CancellationTokenSource? Work)? _held;
    (Allocation Allocation, CancellationTokenSource Start)? _next;
    bool _isClosed;

    /// <summary>The holder, or the one promised the machine next, or null.</summary>
    public Allocation? Held
    {
        get
        {
            lock (_turn)
                return _held?.Allocation ?? _next?.Allocation;
        }
    }

    /// <summary>The one that waits for the holder to be cleared away.</summary>
    public Allocation? Next
    {
        get
        {
            lock (_turn)
                return _next?.Allocation;
        }
    }

    /// <summary>Nothing is promised to anybody.</summary>
    public bool IsClosed
    {
        get
        {
            lock (_turn)
                return _isClosed;
        }
    }

    /// <summary>From now on nothing is promised; only where nobody has the machine or waits for it. False leaves everything as it was.</summary>
    public bool TryClose()
    {
        lock (_turn)
            return !_isClosed && _held is null && _next is null && (_isClosed = true);
    }

    public void Reopen()
    {
        lock (_turn)
            _isClosed = false;
    }

    /// <summary>
    /// Promises the machine: when it is free, when what holds it is over, or to a rental when a test holds it. A test that is starting is
    /// stopped then. <paramref name="start"/> is what cancels the new holder's start.
    /// </summary>
    public bool TryReserve(Allocation wanted, CancellationTokenSource start)
    {
        CancellationTokenSource? displaced = null;
        lock (_turn)
        {
            if (_isClosed || _next is not null)
                return false;
            if (_held is not { } held)
                _held = (wanted, start);
            else if (held.Allocation.State == AllocationState.Releasing || (held.Allocation.Kind == AllocationKind.Test && wanted.Kind == AllocationKind.Rental))
                (_next, displaced) = ((wanted, start), held.Work);
            else
                return false;
        }
        Stop(displaced);
        return true;
    }

    /// <summary>Puts a newer state of the holder in place. False when it no longer holds the machine: what is over stays over.</summary>
    public bool Update(Allocation allocation)
    {
        lock (_turn)
        {
            if (_held is not { } held || held.Allocation.Id != allocation.Id
                || (held.Allocation.State == AllocationState.Releasing && allocation.State != AllocationState.Releasing))
                return false;
            _held = (allocation, held.Work);
            return true;
        }
    }

    /// <summary>Names what is under way for the holder; it is stopped when the hold ends.</summary>
    public void Begin(string id, CancellationTokenSource work)
    {
        lock (_turn)
        {
            if (_held is { } held && held.Allocation.Id == id)
                _held = (held.Allocation, work);
        }
    }

    /// <summary>Takes over what is recorded or was found at start. What its owner released meanwhile stays over.</summary>
    public void Restore(Allocation? allocation)
    {
        lock (_turn)
        {
            if (allocation is null || _held is not { Allocation: { State: AllocationState.Releasing } over } || over.Id != allocation.Id)
                _held = allocation is null ? null : (allocation, null);
        }
    }

    /// <summary>Drops an allocation; a waiting rental becomes the holder.</summary>
    public void Free(string id)
    {
        lock (_turn)
        {
            if (_next?.Allocation.Id == id)
                _next = null;
            if (_held?.Allocation.Id == id)
                (_held, _next) = (_next is { } next ? (next.Allocation, next.Start) : null, null);
        }
    }

    /// <summary>Stops what is under way for an allocation: its start, or an action on it.</summary>
    public void Stop(string id)
    {
        CancellationTokenSource? work;
        lock (_turn)
            work = _next?.Allocation.Id == id ? _next.Value.Start : _held?.Allocation.Id == id ? _held.Value.Work : null;
        Stop(work);
    }

    // Never inside the lock: continuations run on this thread.
    static void Stop(CancellationTokenSource? work)
    {
        try
        {
            work?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended between the look and the stop.
        }
    }
}
