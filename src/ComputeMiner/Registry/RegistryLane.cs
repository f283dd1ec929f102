namespace ComputeMiner.Registry;

/// <summary>
/// When one kind of request has its next turn. What the service says of one kind says nothing of the others: a query that has to wait must
/// not silence the run, and a stream that has to wait must not hide who has the machine.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="what">What it means that a request is not taken, for a person.</param>
/// <param name="refused">How long not to repeat a request that the service does not want.</param>
sealed class RegistryLane(TimeProvider time, string what, TimeSpan refused)
{
    static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(60);

    // Since this began, whatever becomes of the machine's clock: a run must not fall silent because that was set back.
    long _since;
    TimeSpan _pause;
    bool _isRefused;
    int _failures;

    /// <summary>Why the last request was not taken, for a person; null when it was.</summary>
    public string? Trouble { get; private set; }

    /// <summary>How long until the next turn; zero when it is due.</summary>
    public TimeSpan Left => _pause - time.GetElapsedTime(_since) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    /// <summary>Whether the service is to be left alone, and not only this request: another content would help nothing.</summary>
    public bool IsHeld => Trouble is not null && !_isRefused && Left > TimeSpan.Zero;

    /// <summary>The request was taken.</summary>
    /// <param name="pause">Until the next turn.</param>
    public void Succeed(TimeSpan pause)
    {
        (_failures, Trouble, _isRefused) = (0, null, false);
        Wait(pause);
    }

    /// <summary>The request was not taken. Each further time waits longer, and never less than the service asks.</summary>
    /// <param name="fault">How it went wrong.</param>
    /// <param name="least">What this failure waits at least.</param>
    /// <returns>How long until the next turn.</returns>
    public TimeSpan Fail(RegistryException fault, TimeSpan least = default)
    {
        var seconds = Math.Min(LongestBackOff.TotalSeconds, 2 * Math.Pow(2, Math.Min(_failures++, 10)));
        // Not all miners at once when the service is back.
        var backOff = TimeSpan.FromSeconds(seconds * (1 + Random.Shared.NextDouble() / 4));
        _isRefused = fault.Fault is RegistryFault.Rejected or RegistryFault.TooLarge;
        var wait = new[] { backOff, least, fault.Wait ?? TimeSpan.Zero, _isRefused ? refused : TimeSpan.Zero }.Max();
        Trouble = $"{what}: {fault.Message}; next try in {wait.TotalSeconds:0} s";
        Wait(wait);
        return wait;
    }

    void Wait(TimeSpan pause) => (_since, _pause) = (time.GetTimestamp(), pause);
}
