namespace Fuzzing;

/// <summary>A clock that stands, so that one input always takes one way.</summary>
sealed class FixedClock : TimeProvider
{
    public static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddSeconds(1_760_000_000);

    public static long Nonce => (Now - DateTimeOffset.UnixEpoch).Ticks * NanosecondsPerTick;

    const long NanosecondsPerTick = 100;

    public override DateTimeOffset GetUtcNow() => Now;
}
