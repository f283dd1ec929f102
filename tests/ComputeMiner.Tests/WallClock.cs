namespace ComputeMiner.Tests;

/// <summary>A clock that can be set, as a wrong time server sets one; timers and elapsed time go on by the other one.</summary>
sealed class WallClock(TimeProvider steady) : TimeProvider
{
    TimeSpan _ahead;

    public override long TimestampFrequency => steady.TimestampFrequency;

    public void Set(TimeSpan by) => _ahead += by;

    public override DateTimeOffset GetUtcNow() => steady.GetUtcNow() + _ahead;

    public override long GetTimestamp() => steady.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        steady.CreateTimer(callback, state, dueTime, period);
}
