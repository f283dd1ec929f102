using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace ComputeMiner.Diagnostics;

/// <summary>
/// One line for people: time (UTC), level, event, message, scopes. Control characters are shown as such, because parts of a message
/// come from strangers. Only an error's stack trace takes more lines, indented.
/// </summary>
sealed class TextLogFormatter(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "miner-text";

    public override void Write<TState>(in LogEntry<TState> entry, IExternalScopeProvider? scopes, TextWriter writer)
    {
        writer.Write(time.GetUtcNow().ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture));
        writer.Write(' ');
        writer.Write(entry.LogLevel.Name().PadRight(5));
        writer.Write(' ');
        writer.Write(entry.EventId.Name ?? entry.Category);
        writer.Write(": ");
        WriteClean(writer, entry.Formatter(entry.State, entry.Exception));
        scopes?.ForEachScope(static (scope, writer) =>
        {
            writer.Write(" [");
            WriteClean(writer, scope?.ToString() ?? "");
            writer.Write(']');
        }, writer);
        if (entry.Exception is { } exception)
        {
            writer.Write(" | ");
            writer.Write(exception.GetType().Name);
            writer.Write(": ");
            WriteClean(writer, exception.Message);
        }
        writer.Write('\n');
        if (entry.LogLevel >= LogLevel.Error && entry.Exception?.StackTrace is { } trace)
        {
            foreach (var line in trace.Split('\n', StringSplitOptions.TrimEntries))
                writer.Write($"    {line}\n");
        }
    }

    static void WriteClean(TextWriter writer, string text)
    {
        foreach (var c in text)
        {
            // U+2028 and U+2029 end lines for some readers; the C1 range holds terminal commands.
            if (char.IsControl(c) || c is '\u2028' or '\u2029')
                writer.Write(string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"));
            else
                writer.Write(c);
        }
    }
}
