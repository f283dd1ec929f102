using System.Runtime.CompilerServices;

namespace Bittensor.Axon.Transport;

/// <summary>
/// What one coroutine awaits and an <see cref="EventLoop"/> signals: that a socket may be read, or written. A signal that nobody awaits is
/// kept for the next await. What awaits goes on at once, on the thread that signals.
/// </summary>
sealed class Readiness : INotifyCompletion
{
    static readonly Action Signalled = static () => { };

    /// <summary>Null, who waits, or <see cref="Signalled"/>.</summary>
    Action? _state;

    public bool IsCompleted => ReferenceEquals(Volatile.Read(ref _state), Signalled);

    public Readiness GetAwaiter() => this;

    /// <summary>Takes the signal back before the socket is tried: one that comes from here on means something new.</summary>
    public void GetResult() => Volatile.Write(ref _state, null);

    public void OnCompleted(Action continuation)
    {
        if (Interlocked.CompareExchange(ref _state, continuation, null) is not null)
            continuation();
    }

    public void Signal()
    {
        var waiting = Interlocked.Exchange(ref _state, Signalled);
        if (waiting is not null && !ReferenceEquals(waiting, Signalled))
            waiting();
    }
}
