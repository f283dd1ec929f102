using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Bittensor.Axon.Transport;

/// <summary>Accepts connections and deals them out to the event loops in turn.</summary>
sealed partial class LoopListener : IConnectionListener
{
    const int Backlog = 512;

    /// <summary>How long nothing is accepted when the machine has no more sockets.</summary>
    static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100);

    readonly Socket _socket;
    readonly EventLoop[] _loops;
    readonly ILogger _logger;
    uint _next;

    public LoopListener(Socket socket, int loops, ILogger logger)
    {
        (_socket, _logger) = (socket, logger);
        socket.Listen(Backlog);
        EndPoint = socket.LocalEndPoint!;
        _loops = [.. Enumerable.Range(1, loops).Select(number => new EventLoop($"axon {number}", logger))];
    }

    public EndPoint EndPoint { get; }

    /// <summary>The next connection; null once the listener is closed.</summary>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                if (Serve(await _socket.AcceptAsync(cancellationToken)) is { } connection)
                    return connection;
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                return null;
            }
            catch (SocketException e)
            {
                Log.NotAccepted(_logger, e);
                if (e.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable)
                    await Task.Delay(Rest, cancellationToken);
            }
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _socket.Dispose();
        return default;
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        foreach (var loop in _loops)
            loop.Dispose();
        return default;
    }

    LoopConnection? Serve(Socket socket)
    {
        LoopConnection? connection = null;
        try
        {
            var loop = _loops[_next++ % _loops.Length];
            connection = new LoopConnection(socket, loop);
            loop.Watch(connection);
            return connection;
        }
        catch (Exception e) when (e is SocketException or Win32Exception)
        {
            // It broke before it was served, or the kernel watches no more.
            Log.NotAccepted(_logger, e);
            connection?.Abort();
            socket.Dispose();
            return null;
        }
    }

    static partial class Log
    {
        [LoggerMessage(1005, LogLevel.Debug, "A connection could not be accepted")]
        public static partial void NotAccepted(ILogger logger, Exception cause);
    }
}
