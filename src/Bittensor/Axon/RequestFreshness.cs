using System.Globalization;
using Bittensor.Synapses;

namespace Bittensor.Axon;

/// <summary>
/// Step 5: the nonce is a clock, and it must be close to ours, always: older than the caller's timeout and a grace is stale,
/// further ahead than the skew is too. Then it must be newer than the last one.
/// </summary>
/// <remarks>
/// The window follows bittensor/utils/axon_utils.py, allowed_nonce_window_ns, with the timeout capped because it is not signed,
/// with the upper bound the reference lacks, and also once a nonce is stored.
/// </remarks>
sealed class RequestFreshness(AxonOptions options, NonceWindow window)
{
    static readonly TimeSpan ForgetPeriod = TimeSpan.FromSeconds(10);

    readonly long _largestAge = Nanoseconds(options.NonceGrace + options.MaxTimeout);
    long _forgotten;

    /// <summary>Changes nothing but forgetting what is too old for any request.</summary>
    public AxonVerdict Check(in SynapseHeaders headers, DateTimeOffset receivedAt)
    {
        var now = Nanoseconds(receivedAt - DateTimeOffset.UnixEpoch);
        ForgetOld(now);
        var timeout = Math.Min(headers.TimeoutSeconds ?? 0, options.MaxTimeout.TotalSeconds);
        var allowed = Nanoseconds(options.NonceGrace) + (long)(timeout * 1e9);
        if (headers.Nonce <= now - allowed)
            return AxonVerdict.Stale(TooOld(allowed, now - headers.Nonce));
        if (headers.Nonce > now + Nanoseconds(options.ClockSkew))
            return AxonVerdict.InTheFuture();
        return window.IsNew(headers.Hotkey, headers.Uuid, headers.Nonce) ? AxonVerdict.Admitted : AxonVerdict.Replayed();
    }

    /// <summary>Stores the nonce, once the signature is known to be good. Of equal requests at the same time only one passes.</summary>
    public AxonVerdict Commit(in SynapseHeaders headers) =>
        window.TryAdvance(headers.Hotkey, headers.Uuid, headers.Nonce) ? AxonVerdict.Admitted : AxonVerdict.Replayed();

    void ForgetOld(long now)
    {
        var last = Volatile.Read(ref _forgotten);
        if (now - last < Nanoseconds(ForgetPeriod) || Interlocked.CompareExchange(ref _forgotten, now, last) != last)
            return;
        window.Forget(now - _largestAge);
    }

    static string TooOld(long allowed, long age) => string.Create(
        CultureInfo.InvariantCulture,
        $"Nonce is too old: acceptable delta is {allowed / 1e9:0.00} seconds but request was {age / 1e9:0.00} seconds old");

    static long Nanoseconds(TimeSpan span) => span.Ticks * TimeSpan.NanosecondsPerTick;
}
