using System.Buffers;
using System.Globalization;
using System.Net.WebSockets;
using System.Security.Authentication;

namespace Bittensor.Substrate.Rpc;

/// <summary>One WebSocket that carries whole text messages: assembles fragments, caps their size, sends one at a time.</summary>
sealed class RpcSocket : IDisposable
{
    const int ReceiveBlock = 16 * 1024;
    static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    readonly ClientWebSocket _socket = new();
    readonly SemaphoreSlim _sending = new(1, 1);
    readonly string _endpoint;
    readonly int _maximumMessageBytes;

    RpcSocket(Uri endpoint, int maximumMessageBytes)
    {
        (_endpoint, _maximumMessageBytes) = (ShownEndpoint.Of(endpoint), maximumMessageBytes);
        // Ping and pong, so that a half-open connection dies.
        _socket.Options.KeepAliveInterval = KeepAlive;
        _socket.Options.KeepAliveTimeout = KeepAlive;
        _socket.Options.CollectHttpResponseDetails = true;
        if (endpoint.IsLoopback)
            _socket.Options.Proxy = null;
    }

    /// <exception cref="SubstrateException">No connection; the message says whether name, network, TLS or the server was the reason.</exception>
    public static async Task<RpcSocket> ConnectAsync(Uri endpoint, int maximumMessageBytes, TimeSpan timeout, TimeProvider time, CancellationToken cancellation)
    {
        var socket = new RpcSocket(endpoint, maximumMessageBytes);
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            await socket._socket.ConnectAsync(endpoint, either.Token);
            return socket;
        }
        catch (Exception fault) when (fault is WebSocketException or OperationCanceledException)
        {
            var fact = deadline.IsCancellationRequested ? $"no connection within {timeout.TotalSeconds:0.#} s" : socket.Explain(fault);
            socket.Dispose();
            cancellation.ThrowIfCancellationRequested();
            // The runtime's own words hold the proxy's address with its password.
            throw new SubstrateException($"Cannot reach the chain at {socket._endpoint}: {fact}.", isTransient: true, IsOfProxy(fault.InnerException) ? null : fault);
        }
    }

    public async Task SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        await _sending.WaitAsync(cancellation);
        try
        {
            // A cancelled send would leave half a message on the wire and the socket unusable: the caller stops waiting, the send goes on.
            await _socket.SendAsync(message, WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, CancellationToken.None);
        }
        catch (Exception fault) when (IsLoss(fault) || fault is OperationCanceledException)
        {
            // Nobody can cancel the send: that it says so means that the socket was cut while it was under way.
            throw Lost(fault.Message, fault);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Reads the next whole message into <paramref name="message"/>, which is cleared first.</summary>
    /// <exception cref="SubstrateException">The connection ended, or the message is too long.</exception>
    public async Task ReceiveAsync(ArrayBufferWriter<byte> message, CancellationToken cancellation)
    {
        message.ResetWrittenCount();
        try
        {
            while (true)
            {
                var part = await _socket.ReceiveAsync(message.GetMemory(ReceiveBlock), cancellation);
                if (part.MessageType == WebSocketMessageType.Close)
                    throw Lost("the server closed the connection", null);
                message.Advance(part.Count);
                if (message.WrittenCount > _maximumMessageBytes)
                    throw Lost($"the server sent a message of more than {_maximumMessageBytes.ToString(CultureInfo.InvariantCulture)} bytes", null);
                if (part.EndOfMessage)
                    return;
            }
        }
        catch (Exception fault) when (IsLoss(fault) || (fault is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw Lost(fault.Message, fault);
        }
    }

    public void Dispose()
    {
        _socket.Abort();
        _socket.Dispose();
    }

    static bool IsOfProxy(Exception? fault) => fault is HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError };

    static bool IsLoss(Exception fault) => fault is WebSocketException or ObjectDisposedException or InvalidOperationException or IOException;

    SubstrateException Lost(string fact, Exception? inner) =>
        new($"The connection to the chain at {_endpoint} was lost: {fact.TrimEnd('.')}.", isTransient: true, inner);

    string Explain(Exception fault)
    {
        for (var inner = fault; inner is not null; inner = inner.InnerException)
        {
            if (inner is AuthenticationException)
                return $"its TLS certificate or handshake was refused ({inner.Message.TrimEnd('.')})";
        }
        if (_socket.HttpStatusCode != 0)
            return $"the server answered HTTP {(int)_socket.HttpStatusCode} instead of opening a WebSocket";
        return IsOfProxy(fault.InnerException) ? "the proxy of this machine's environment refused" : (fault.InnerException ?? fault).Message.TrimEnd('.');
    }
}
