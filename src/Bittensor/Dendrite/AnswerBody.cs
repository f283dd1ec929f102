using System.Globalization;
using System.Text.Json;
using Bittensor.Synapses;

namespace Bittensor.Dendrite;

/// <summary>Reads the body of an answer with the type rules of the Python model.</summary>
/// <remarks>Source: opentensor/bittensor, bittensor/core/synapse.py, TerminalInfo and Synapse validators (cast_int, cast_float).</remarks>
static class AnswerBody
{
    static ReadOnlySpan<byte> ByteOrderMark => [0xef, 0xbb, 0xbf];

    /// <summary>Parses the bytes as JSON; a byte order mark and an empty body are faults.</summary>
    public static JsonDocument Parse(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
            throw AnswerException.Unparsable("the body is empty");
        if (body.Span.StartsWith(ByteOrderMark))
            throw AnswerException.Unparsable("the body starts with a byte order mark");
        try
        {
            return JsonDocument.Parse(body);
        }
        catch (JsonException)
        {
            throw AnswerException.Unparsable("the body is not JSON");
        }
    }

    /// <summary>Reads an answer of status 200.</summary>
    /// <exception cref="AnswerException">It is no such answer.</exception>
    /// <returns>The synapse, the axon's status where the body has one, and a fault that does not spoil the synapse.</returns>
    public static (TSynapse Synapse, AnswerStatus Status, AnswerException? Fault) Read<TSynapse>(JsonElement root)
        where TSynapse : class, ISynapse<TSynapse>
    {
        return Readable(() => ReadObject<TSynapse>(root));
    }

    static (TSynapse Synapse, AnswerStatus Status, AnswerException? Fault) ReadObject<TSynapse>(JsonElement root)
        where TSynapse : class, ISynapse<TSynapse>
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw AnswerException.Unparsable("the body is not an object");
        Text(root, "name");
        Text(root, "computed_body_hash");
        Integer(root, "total_size");
        Integer(root, "header_size");
        Float(root, "timeout");
        // A Python dendrite raises on the next two into its caller's code; here they are faults like any other.
        if (root.TryGetProperty("timeout", out var timeout) && timeout.ValueKind == JsonValueKind.Null)
            throw AnswerException.Unparsable("timeout is null");
        if (Terminal(root, "dendrite") is { ValueKind: JsonValueKind.Null })
            throw AnswerException.Unparsable("dendrite is null");
        var axon = Terminal(root, "axon");
        var synapse = ReadSynapse<TSynapse>(root);
        if (axon is not { } terminal)
            return (synapse, default, null);
        if (terminal.ValueKind == JsonValueKind.Null)
            return (synapse, default, AnswerException.Unparsable("axon is null"));
        return (synapse, new AnswerStatus((int?)Integer(terminal, "status_code"), Text(terminal, "status_message")), null);
    }

    /// <summary>The <c>message</c> of an answer other than 200; null when it has none.</summary>
    public static string? Message(JsonElement root) => Readable(() =>
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw AnswerException.Unparsable("the body is not an object");
        return root.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.String ? message.GetString() : null;
    });

    /// <summary>JSON may hold half a surrogate pair, in a name or a text; it parses and cannot be read.</summary>
    static T Readable<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException)
        {
            throw AnswerException.Unparsable("a text in it is not Unicode");
        }
    }

    static TSynapse ReadSynapse<TSynapse>(JsonElement root)
        where TSynapse : class, ISynapse<TSynapse>
    {
        try
        {
            return root.Deserialize(TSynapse.TypeInfo)!;
        }
        catch (JsonException e)
        {
            throw AnswerException.Unparsable($"field '{e.Path}' has the wrong type");
        }
    }

    static JsonElement? Terminal(JsonElement root, string name)
    {
        if (!root.TryGetProperty(name, out var terminal))
            return null;
        if (terminal.ValueKind == JsonValueKind.Null)
            return terminal;
        if (terminal.ValueKind != JsonValueKind.Object)
            throw AnswerException.Unparsable($"{name} is not an object");
        foreach (var field in AnswerHeaders.IntegerFields)
            Integer(terminal, field);
        Float(terminal, "process_time");
        foreach (var field in (ReadOnlySpan<string>)["status_message", "ip", "uuid", "hotkey", "signature"])
            Text(terminal, field);
        return terminal;
    }

    static string? Text(JsonElement parent, string name) => parent.TryGetProperty(name, out var value)
        ? value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Null => null,
            _ => throw AnswerException.Unparsable($"{name} is not a string"),
        }
        : null;

    /// <summary>Python's <c>int(x)</c>: a float loses its fraction, a text must be an integer.</summary>
    static long? Integer(JsonElement parent, string name)
    {
        if (!parent.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        return value.ValueKind switch
        {
            JsonValueKind.Number when value.TryGetInt64(out var whole) => whole,
            JsonValueKind.Number when value.TryGetDouble(out var number) && double.IsFinite(number) => (long)number,
            JsonValueKind.String when AnswerHeaders.TryInteger(value.GetString(), out var parsed) => parsed,
            JsonValueKind.True => 1,
            JsonValueKind.False => 0,
            _ => throw AnswerException.Unparsable($"{name} is not an integer"),
        };
    }

    static void Float(JsonElement parent, string name)
    {
        if (!parent.TryGetProperty(name, out var value) || value.ValueKind is JsonValueKind.Null or JsonValueKind.Number)
            return;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return;
        if (value.ValueKind != JsonValueKind.String
            || !double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out _))
        {
            throw AnswerException.Unparsable($"{name} is not a number");
        }
    }
}
