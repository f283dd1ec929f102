using System.Threading.Channels;

namespace Bittensor.Tests.Substrate;

/// <summary>A clock that hands out every pause shorter than any timeout and lets it pass at once; it goes on only when told to.</summary>
sealed class EagerTime : TimeProvider
{
    static readonly TimeSpan ShortestTimeout = TimeSpan.FromSeconds(9.9);

    readonly Channel<TimeSpan> _pauses = Channel.CreateUnbounded<TimeSpan>();
    long _passed;

    /// <summary>The pauses in their order.</summary>
    public ChannelReader<TimeSpan> Pauses => _pauses.Reader;

    public void Pass(TimeSpan span) => Interlocked.Add(ref _passed, span.Ticks);

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + new TimeSpan(Interlocked.Read(ref _passed));

    public override long GetTimestamp() => Interlocked.Read(ref _passed);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime <= TimeSpan.Zero || dueTime >= ShortestTimeout)
            return base.CreateTimer(callback, state, dueTime, period);
        _pauses.Writer.TryWrite(dueTime);
        return base.CreateTimer(callback, state, TimeSpan.FromMilliseconds(1), period);
    }
}
