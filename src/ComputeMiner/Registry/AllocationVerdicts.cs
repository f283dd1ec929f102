namespace ComputeMiner.Registry;

/// <summary>
/// What readings add up to. One empty answer means nothing: validators' runs lag, the service has outages. Only readings that agree, over
/// time, and long after the allocation, are evidence that the validators forgot this rental.
/// </summary>
sealed class AllocationVerdicts(TimeProvider time)
{
    const int Agreeing = 3;

    /// <summary>How long readings must agree, and how old the rental must be.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(30);

    readonly Lock _gate = new();
    int _notListed;
    DateTimeOffset _since;
    AllocationReading _last = new(AllocationVerdict.Unknown, 0, 0, "not read yet");

    public AllocationReading Last
    {
        get
        {
            lock (_gate)
                return _last;
        }
    }

    /// <summary>Takes a reading in. One that knows nothing neither counts nor resets.</summary>
    public void Observe(AllocationReading reading)
    {
        lock (_gate)
        {
            _last = reading;
            if (reading.Verdict == AllocationVerdict.Listed)
                _notListed = 0;
            if (reading.Verdict == AllocationVerdict.NotListed && ++_notListed == 1)
                _since = time.GetUtcNow();
        }
    }

    /// <summary>Since when the validators have forgotten a rental; null when they have not, or may not have.</summary>
    /// <param name="allocated">When the rental began.</param>
    public DateTimeOffset? ForgottenSince(DateTimeOffset allocated)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            // A reading from before the rental says nothing about it.
            return _notListed >= Agreeing && _since >= allocated && now - _since >= Grace && now - allocated >= Grace ? _since : null;
        }
    }

    /// <summary>Another rental, another question.</summary>
    public void Reset()
    {
        lock (_gate)
            _notListed = 0;
    }
}
