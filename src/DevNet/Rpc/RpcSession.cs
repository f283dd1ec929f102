using System.Buffers;
using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;
using System.Threading.Channels;

namespace DevNet.Rpc;

/// <summary>One client's connection: its frames, in and out, and its subscriptions.</summary>
sealed class RpcSession(WebSocket socket, RpcDispatcher dispatcher)
{
    /// <summary>The request limit of a node with default settings.</summary>
    const int MaximumRequestLength = 15 * 1024 * 1024;

    readonly Channel<byte[]> _outbox = Channel.CreateUnbounded<byte[]>(new() { SingleReader = true });
    readonly Dictionary<string, Action> _subscriptions = [];
    int _issued;

    public async Task RunAsync(CancellationToken cancellation)
    {
        dispatcher.Admit(this);
        var sending = SendAllAsync(cancellation);
        try
        {
            while (await ReceiveAsync(cancellation) is { } message)
                dispatcher.Handle(message, this);
        }
        catch (Exception fault) when (IsCut(fault, cancellation))
        {
            // The client went away without a close frame, or the connection was cut; nobody is left to tell.
        }
        finally
        {
            dispatcher.Release(this);
            _outbox.Writer.TryComplete();
        }
        await sending;
    }

    /// <summary>Cuts the connection without a close frame.</summary>
    public void Abort() => socket.Abort();

    public void Send(byte[] message) => _outbox.Writer.TryWrite(message);

    /// <summary>Opens a subscription and returns its id. <paramref name="cancel"/> runs once, when it ends.</summary>
    public string Subscribe(Action cancel)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"s{++_issued}{Guid.NewGuid():n}");
        _subscriptions.Add(id, cancel);
        return id;
    }

    /// <summary>Ends a subscription; false when there is none with this id.</summary>
    public bool Unsubscribe(string id)
    {
        if (!_subscriptions.Remove(id, out var cancel))
            return false;
        cancel();
        return true;
    }

    /// <summary>Sends one notification of a subscription.</summary>
    public void Notify(string method, string id, Action<Utf8JsonWriter> result)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("jsonrpc"u8, "2.0"u8);
            writer.WriteString("method"u8, method);
            writer.WriteStartObject("params"u8);
            writer.WriteString("subscription"u8, id);
            writer.WritePropertyName("result"u8);
            result(writer);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        dispatcher.Notify(this, buffer.WrittenSpan.ToArray());
    }

    /// <summary>Ends all subscriptions.</summary>
    public void EndSubscriptions()
    {
        foreach (var id in _subscriptions.Keys.ToArray())
            Unsubscribe(id);
    }

    async Task<byte[]?> ReceiveAsync(CancellationToken cancellation)
    {
        var message = new ArrayBufferWriter<byte>(4096);
        while (true)
        {
            var received = await socket.ReceiveAsync(message.GetMemory(4096), cancellation);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellation);
                return null;
            }
            message.Advance(received.Count);
            if (message.WrittenCount > MaximumRequestLength)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.MessageTooBig, "The request is larger than 15 MiB.", cancellation);
                return null;
            }
            if (received.EndOfMessage)
                return message.WrittenSpan.ToArray();
        }
    }

    async Task SendAllAsync(CancellationToken cancellation)
    {
        try
        {
            await foreach (var message in _outbox.Reader.ReadAllAsync(cancellation))
            {
                if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                    await socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, cancellation);
            }
        }
        catch (Exception fault) when (IsCut(fault, cancellation))
        {
            // The receiving side sees the broken connection too, and ends the session.
        }
    }

    static bool IsCut(Exception fault, CancellationToken stopping) => fault is WebSocketException
        || (fault is OperationCanceledException or ObjectDisposedException && !stopping.IsCancellationRequested);
}
