using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace ComputeMiner.Diagnostics;

/// <summary>One JSON object a line: time, level, id, event, category, message, the message's fields, scopes, exception.</summary>
sealed class JsonLogFormatter(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "miner-json";

    public override void Write<TState>(in LogEntry<TState> entry, IExternalScopeProvider? scopes, TextWriter writer)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("time", time.GetUtcNow());
            json.WriteString("level", entry.LogLevel.Name());
            json.WriteNumber("id", entry.EventId.Id);
            json.WriteString("event", entry.EventId.Name);
            json.WriteString("category", entry.Category);
            json.WriteString("message", entry.Formatter(entry.State, entry.Exception));
            json.WriteStartObject("fields");
            WriteFields(json, entry.State as IEnumerable<KeyValuePair<string, object?>>);
            json.WriteEndObject();
            json.WriteStartArray("scopes");
            scopes?.ForEachScope(static (scope, json) => json.WriteStringValue(scope?.ToString()), json);
            json.WriteEndArray();
            if (entry.Exception is { } exception)
                json.WriteString("exception", exception.ToString());
            json.WriteEndObject();
        }
        writer.Write(Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length)));
        writer.Write('\n');
    }

    static void WriteFields(Utf8JsonWriter json, IEnumerable<KeyValuePair<string, object?>>? fields)
    {
        foreach (var (name, value) in fields ?? [])
        {
            if (name != "{OriginalFormat}")
                json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
        }
    }
}
