using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Bittensor.Substrate.Rpc;

/// <summary>One JSON-RPC 2.0 message: how a request is written, and what a received one is.</summary>
readonly record struct RpcMessage(JsonElement Json)
{
    public static ReadOnlyMemory<byte> Request(long id, string method, Action<Utf8JsonWriter>? parameters)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteString("jsonrpc"u8, "2.0"u8);
        writer.WriteNumber("id"u8, id);
        writer.WriteString("method"u8, method);
        writer.WriteStartArray("params"u8);
        parameters?.Invoke(writer);
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>The messages of a frame: one, or those of a batch; none when it is no JSON.</summary>
    public static IReadOnlyList<RpcMessage> Parse(ReadOnlySpan<byte> frame)
    {
        try
        {
            var reader = new Utf8JsonReader(frame);
            var json = JsonElement.ParseValue(ref reader);
            return json.ValueKind == JsonValueKind.Array ? [.. json.EnumerateArray().Select(item => new RpcMessage(item))] : [new RpcMessage(json)];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    /// <summary>The number of the request this answers; null for anything else.</summary>
    public long? ReplyId
    {
        get
        {
            if (!TryGet("id", out var id))
                return null;
            return id.ValueKind switch
            {
                JsonValueKind.Number when id.TryGetInt64(out var number) => number,
                JsonValueKind.String when long.TryParse(id.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
                _ => null,
            };
        }
    }

    /// <summary>Reads a notification: subscription id, text or number, and content.</summary>
    public bool TryGetNotification(out string subscription, out JsonElement result)
    {
        (subscription, result) = ("", default);
        return TryGet("params", out var parameters)
            && parameters.ValueKind == JsonValueKind.Object
            && parameters.TryGetProperty("subscription", out var id)
            && TryReadId(id, out subscription)
            && parameters.TryGetProperty("result", out result);
    }

    /// <summary>A subscription id as text; servers use text or numbers.</summary>
    public static bool TryReadId(JsonElement json, out string id)
    {
        id = json.ValueKind switch
        {
            JsonValueKind.String => json.GetString()!,
            JsonValueKind.Number => json.GetRawText(),
            _ => "",
        };
        return id.Length > 0;
    }

    /// <summary>The result; null stands for a missing one, as some servers leave it out.</summary>
    public JsonElement Result => TryGet("result", out var result) ? result : default;

    /// <summary>The error of an error answer, or null.</summary>
    public SubstrateException? Fault(string method)
    {
        if (!TryGet("error", out var error) || error.ValueKind == JsonValueKind.Null)
            return null;
        int? code = null;
        string? text = null, data = null;
        if (error.ValueKind == JsonValueKind.Object)
        {
            code = error.TryGetProperty("code", out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var value) ? value : null;
            text = error.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.String ? TextOf(message) : null;
            data = error.TryGetProperty("data", out var detail) ? TextOf(detail) : null;
        }
        var reason = data is null ? text ?? "no reason given" : $"{text}: {data}";
        // -32005 to -32011 are the server's limits (busy, too many subscriptions); they pass.
        return new SubstrateException($"The node refused {method}: {reason}.", isTransient: code is <= -32005 and >= -32011) { Code = code ?? 0, ErrorData = data };
    }

    /// <summary>A text, or the JSON of what is none: half a surrogate pair is no text either.</summary>
    static string? TextOf(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Null)
            return null;
        try
        {
            return json.ValueKind == JsonValueKind.String ? json.GetString() : json.GetRawText();
        }
        catch (InvalidOperationException)
        {
            return json.GetRawText();
        }
    }

    bool TryGet(string name, out JsonElement value)
    {
        value = default;
        return Json.ValueKind == JsonValueKind.Object && Json.TryGetProperty(name, out value);
    }
}
