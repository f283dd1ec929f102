namespace ComputeMiner.Registry;

/// <summary>
/// What readings add up to. One empty answer means nothing: validators' runs lag, the service has outages. Only readings that agree, over
/// time, and long after the allocation, are evidence that the validators forgot this rental.
/// </summary>
sealed class AllocationVerdicts(TimeProvider time)
{
    const int Agreeing = 3;

    /// <summary>How long readings must agree; the first of them is made after the allocation.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(30);

    readonly Lock _gate = new();
    string? _rental;
    int _notListed;
    // Not by the wall clock, which may be set between two readings.
    long _since;
    AllocationReading _last = new(AllocationVerdict.Unknown, 0, 0, "not read yet");

    public AllocationReading Last
    {
        get
        {
            lock (_gate)
                return _last;
        }
    }

    /// <summary>Since when the validators have forgotten the rental; null when they have not, or may not have, or there is none.</summary>
    public DateTimeOffset? ForgottenSince
    {
        get
        {
            lock (_gate)
            {
                var agreed = time.GetElapsedTime(_since);
                return _rental is not null && _notListed >= Agreeing && agreed >= Grace ? time.GetUtcNow() - agreed : null;
            }
        }
    }

    /// <summary>Takes a reading in. One that knows nothing neither counts nor resets.</summary>
    /// <param name="rental">The rental it was made for; another one is another question. Null when the machine is free.</param>
    /// <param name="reading">What was read.</param>
    public void Observe(string? rental, AllocationReading reading)
    {
        lock (_gate)
        {
            _last = reading;
            if (reading.Verdict == AllocationVerdict.Listed || rental != _rental)
                _notListed = 0;
            _rental = rental;
            if (reading.Verdict == AllocationVerdict.NotListed && ++_notListed == 1)
                _since = time.GetTimestamp();
        }
    }
}
