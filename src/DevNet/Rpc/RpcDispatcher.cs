using System.Buffers;
using System.Text.Json;
using DevNet.Blocks;

namespace DevNet.Rpc;

/// <summary>Answers JSON-RPC 2.0 requests, one or a batch, under the chain's lock.</summary>
sealed class RpcDispatcher
{
    readonly Chain _chain;
    readonly WireFaults _faults;
    readonly Dictionary<string, Action<RpcCall>> _methods = [];

    public RpcDispatcher(Chain chain, WireFaults faults)
    {
        (_chain, _faults) = (chain, faults);
        ChainMethods.AddTo(_methods, chain);
        StateMethods.AddTo(_methods, chain);
        AuthorMethods.AddTo(_methods, chain, faults);
        SystemMethods.AddTo(_methods, chain);
        var names = _methods.Keys.Append("rpc_methods").Order(StringComparer.Ordinal).ToArray();
        _methods.Add("rpc_methods", call => WriteMethods(call.Result, names));
    }

    /// <summary>Told what every request asks for.</summary>
    public Action<string>? Asked { get; set; }

    /// <summary>Handles one frame: everything it causes is sent to the session in order.</summary>
    public void Handle(byte[] message, RpcSession session)
    {
        lock (_chain.Gate)
        {
            _faults.Received++;
            if (_faults.IsSilentTo(session))
            {
                _faults.Lose(session, message);
                return;
            }
            var after = new List<Action>();
            var reply = Answer(message, session, after);
            if (!_faults.NotifiesFirst)
                Reply();
            foreach (var action in after)
                action();
            if (_faults.NotifiesFirst)
                Reply();

            void Reply()
            {
                if (reply is not null)
                    _faults.Reply(session, message, reply);
            }
        }
    }

    /// <summary>Takes note of a new session.</summary>
    public void Admit(RpcSession session)
    {
        lock (_chain.Gate)
            _faults.Add(session);
    }

    /// <summary>Sends a session a notification.</summary>
    public void Notify(RpcSession session, byte[] notification)
    {
        if (!_faults.IsSilentTo(session))
            session.Send(notification);
    }

    /// <summary>Ends what a closed session still listens to.</summary>
    public void Release(RpcSession session)
    {
        lock (_chain.Gate)
        {
            session.EndSubscriptions();
            _faults.Remove(session);
        }
    }

    byte[]? Answer(byte[] message, RpcSession session, List<Action> after)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer);
        try
        {
            using var document = JsonDocument.Parse(message);
            if (document.RootElement.ValueKind == JsonValueKind.Array)
                AnswerBatch(writer, document.RootElement, session, after);
            else
                AnswerOne(writer, document.RootElement, session, after);
        }
        catch (JsonException)
        {
            WriteError(writer, null, new RpcException(-32700, "Parse error"));
        }
        writer.Flush();
        return buffer.WrittenCount == 0 ? null : buffer.WrittenSpan.ToArray();
    }

    void AnswerBatch(Utf8JsonWriter writer, JsonElement batch, RpcSession session, List<Action> after)
    {
        if (batch.GetArrayLength() == 0)
        {
            WriteError(writer, null, InvalidRequest());
            return;
        }
        var replies = batch.EnumerateArray().Any(request => request.ValueKind != JsonValueKind.Object || request.TryGetProperty("id", out _));
        if (replies)
            writer.WriteStartArray();
        foreach (var request in batch.EnumerateArray())
            AnswerOne(writer, request, session, after);
        if (replies)
            writer.WriteEndArray();
    }

    /// <summary>A request without an id is a notification: it is carried out, and not answered.</summary>
    void AnswerOne(Utf8JsonWriter writer, JsonElement request, RpcSession session, List<Action> after)
    {
        JsonElement? id = null;
        try
        {
            if (request.ValueKind != JsonValueKind.Object)
                throw InvalidRequest();
            id = request.TryGetProperty("id", out var given) ? given : null;
            if (!request.TryGetProperty("jsonrpc", out var version) || !version.ValueEquals("2.0") ||
                !request.TryGetProperty("method", out var name) || name.ValueKind != JsonValueKind.String)
            {
                throw InvalidRequest();
            }
            if (!_methods.TryGetValue(name.GetString()!, out var method))
                throw new RpcException(-32601, "Method not found");
            request.TryGetProperty("params", out var parameters);
            using var call = new RpcCall(parameters, session);
            if (Asked is { } asked)
                RequestSubjects.Of(name.GetString()!, call, _chain.Head.Runtime).ForEach(asked);
            method(call);
            if (id is { } answered)
                WriteResult(writer, answered, call.WrittenJson);
            after.AddRange(call.AfterReply);
        }
        catch (RpcException error)
        {
            if (id is not null || request.ValueKind != JsonValueKind.Object)
                WriteError(writer, id, error);
        }
#pragma warning disable CA1031 // The edge: a fault of this chain is answered as a node answers its own, and the connection goes on.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            if (id is not null)
                WriteError(writer, id, new RpcException(-32603, "Internal error", $"{fault.GetType().Name}: {fault.Message}"));
        }
    }

    static RpcException InvalidRequest() => new(-32600, "Invalid request");

    static void WriteResult(Utf8JsonWriter writer, JsonElement id, ReadOnlySpan<byte> result)
    {
        writer.WriteStartObject();
        writer.WriteString("jsonrpc"u8, "2.0"u8);
        writer.WritePropertyName("id"u8);
        id.WriteTo(writer);
        writer.WritePropertyName("result"u8);
        writer.WriteRawValue(result, skipInputValidation: true);
        writer.WriteEndObject();
    }

    static void WriteError(Utf8JsonWriter writer, JsonElement? id, RpcException error)
    {
        writer.WriteStartObject();
        writer.WriteString("jsonrpc"u8, "2.0"u8);
        writer.WritePropertyName("id"u8);
        if (id is { } known)
            known.WriteTo(writer);
        else
            writer.WriteNullValue();
        writer.WriteStartObject("error"u8);
        writer.WriteNumber("code"u8, error.Code);
        writer.WriteString("message"u8, error.Message);
        if (error.Details is { } details)
            writer.WriteString("data"u8, details);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    static void WriteMethods(Utf8JsonWriter writer, string[] names)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("methods"u8);
        foreach (var name in names)
            writer.WriteStringValue(name);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
