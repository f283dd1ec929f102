namespace ComputeMiner.Allocations;

/// <summary>
/// The clock that ends allocations. It is set once, when the machine is handed out, and counts on by what passed since the machine's start:
/// a wall clock that jumps neither ends an allocation nor keeps it. Over a reboot, which only the wall clock has seen, it is believed as far
/// as it is plausible; on doubt the renter keeps the time.
/// </summary>
sealed class RentalClock(BootClock boot, TimeProvider time)
{
    /// <summary>Longest time without a process of ours that the wall clock alone may tell after a reboot.</summary>
    static readonly TimeSpan LongestBelieved = TimeSpan.FromDays(1);

    volatile ClockReading _set = new(boot.Read(), time.GetUtcNow(), time.GetUtcNow());

    public DateTimeOffset Now
    {
        get
        {
            var set = _set;
            return set.Rental + (boot.Read().Uptime - set.Boot.Uptime);
        }
    }

    public ClockReading Read() => new(boot.Read(), Now, time.GetUtcNow());

    /// <summary>Sets it to the wall clock. Only while nobody's time is counted.</summary>
    public void Follow() => _set = new(boot.Read(), time.GetUtcNow(), time.GetUtcNow());

    /// <summary>Goes on from what an earlier process wrote down.</summary>
    public void Resume(ClockReading last) => Resume(last, LongestBelieved);

    /// <summary>
    /// Goes on from the moment an allocation began, when its container is all that is known of it. After a reboot a wall clock outside of
    /// the allocation's time counts for nothing: the allocation then has its whole length before it again.
    /// </summary>
    public void Resume(ClockReading begin, TimeSpan believed)
    {
        var (now, wall) = (boot.Read(), time.GetUtcNow());
        var passed = now.Boot == begin.Boot.Boot ? now.Uptime - begin.Boot.Uptime : wall - begin.Wall;
        if (passed < TimeSpan.Zero || (now.Boot != begin.Boot.Boot && passed > believed))
            passed = TimeSpan.Zero;
        _set = new ClockReading(now, begin.Rental + passed, wall);
    }

    /// <summary>That long is over since, beyond doubt: both moments belong to one start of the machine.</summary>
    public bool HasPassed(ClockReading begin, TimeSpan length)
    {
        var now = boot.Read();
        return now.Boot == begin.Boot.Boot && now.Uptime - begin.Boot.Uptime >= length;
    }

    /// <summary>The same moment on the wall clock as it is set now, to a second: for people, never for decisions.</summary>
    public DateTimeOffset ToWall(DateTimeOffset moment) => moment + TimeSpan.FromSeconds(Math.Round((time.GetUtcNow() - Now).TotalSeconds));
}
