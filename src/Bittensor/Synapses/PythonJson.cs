using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Bittensor.Synapses;

/// <summary>
/// JSON as Python's <c>json.dumps</c> writes it: a blank after each comma and colon, everything outside ASCII escaped. Bodies
/// of a dendrite look like this, and ours should not be told apart.
/// </summary>
static class PythonJson
{
    /// <summary>Appends the members of a JSON object, each preceded by <c>", "</c>.</summary>
    public static void AppendMembers(StringBuilder target, ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            target.Append(", ");
            AppendString(target, reader.GetString()!);
            target.Append(": ");
            reader.Read();
            AppendValue(target, ref reader);
        }
    }

    /// <summary>Appends a string literal.</summary>
    public static void AppendString(StringBuilder target, string text)
    {
        target.Append('"');
        foreach (var c in text)
            AppendChar(target, c);
        target.Append('"');
    }

    static void AppendValue(StringBuilder target, ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                AppendItems(target, ref reader, JsonTokenType.EndObject, '{', '}');
                break;
            case JsonTokenType.StartArray:
                AppendItems(target, ref reader, JsonTokenType.EndArray, '[', ']');
                break;
            case JsonTokenType.String:
                AppendString(target, reader.GetString()!);
                break;
            default:
                target.Append(Encoding.UTF8.GetString(reader.ValueSpan));
                break;
        }
    }

    static void AppendItems(StringBuilder target, ref Utf8JsonReader reader, JsonTokenType end, char open, char close)
    {
        target.Append(open);
        for (var first = true; reader.Read() && reader.TokenType != end; first = false)
        {
            if (!first)
                target.Append(", ");
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                AppendString(target, reader.GetString()!);
                target.Append(": ");
                reader.Read();
            }
            AppendValue(target, ref reader);
        }
        target.Append(close);
    }

    static void AppendChar(StringBuilder target, char c)
    {
        switch (c)
        {
            case '"':
                target.Append("\\\"");
                break;
            case '\\':
                target.Append("\\\\");
                break;
            case '\n':
                target.Append("\\n");
                break;
            case '\r':
                target.Append("\\r");
                break;
            case '\t':
                target.Append("\\t");
                break;
            case '\b':
                target.Append("\\b");
                break;
            case '\f':
                target.Append("\\f");
                break;
            case < ' ' or > '~':
                target.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
                break;
            default:
                target.Append(c);
                break;
        }
    }
}
