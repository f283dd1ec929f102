using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Bittensor.Axon.Transport;

/// <summary>
/// A thread that waits for news of its connections and serves them right there: what a request needs without waiting happens on this one
/// thread, from the socket to the answer. Work that waits or blocks has to leave it.
/// </summary>
sealed partial class EventLoop : IDisposable
{
    readonly EventPoll _poll = new();
    readonly ConcurrentDictionary<long, LoopConnection> _connections = new();
    readonly Queue<Readiness> _again = [];
    readonly ILogger _logger;
    readonly Thread _thread;
    long _lastKey = EventPoll.WakeKey;
    volatile bool _isStopping;

    public EventLoop(string name, ILogger logger)
    {
        _logger = logger;
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>True on the loop's own thread.</summary>
    public bool IsHere => Thread.CurrentThread == _thread;

    /// <summary>From here on the connection is told when its socket may be read or written.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">The kernel watches no more sockets.</exception>
    public void Watch(LoopConnection connection)
    {
        connection.Key = Interlocked.Increment(ref _lastKey);
        _connections[connection.Key] = connection;
        _poll.Watch(connection.Handle, connection.Key);
    }

    /// <summary>The connection's socket is about to be closed.</summary>
    public void Forget(LoopConnection connection) => _connections.TryRemove(connection.Key, out _);

    /// <summary>Signals when all others have had their turn; to be called on the loop's own thread.</summary>
    public void SignalLater(Readiness readiness) => _again.Enqueue(readiness);

    /// <summary>Ends the thread after what it is at.</summary>
    public void Dispose()
    {
        _isStopping = true;
        _poll.Wake();
    }

    void Run()
    {
        while (!_isStopping)
        {
            var count = _poll.Wait(onlyLook: _again.Count > 0);
            for (var i = _again.Count; i > 0; i--)
                _again.Dequeue().Signal();
            for (var i = 0; i < count; i++)
            {
                // One that was closed meanwhile may still have news in this batch.
                if (_connections.TryGetValue(_poll.Key(i), out var connection))
                    Serve(connection, _poll.MayRead(i), _poll.MayWrite(i), _poll.IsEnding(i));
            }
        }
        _poll.Dispose();
    }

    void Serve(LoopConnection connection, bool mayRead, bool mayWrite, bool isEnding)
    {
        try
        {
            connection.Signal(mayRead, mayWrite, isEnding);
        }
        catch (Exception e) // The edge: what fails on one connection must not end all of them.
        {
            Log.ConnectionFailed(_logger, e, connection.ConnectionId);
            connection.Abort();
        }
    }

    static partial class Log
    {
        [LoggerMessage(1004, LogLevel.Error, "Serving connection {Id} failed; it was closed")]
        public static partial void ConnectionFailed(ILogger logger, Exception cause, string id);
    }
}
