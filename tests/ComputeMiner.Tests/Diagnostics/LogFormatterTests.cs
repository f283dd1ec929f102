using System.Text.Json;
using ComputeMiner.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Time.Testing;

namespace ComputeMiner.Tests.Diagnostics;

public class LogFormatterTests
{
    static readonly FakeTimeProvider Time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero));

    [Fact]
    public void Write_TextWithScope_OneLineWithTimeLevelEventMessageScope() => Assert.Equal(
        "2026-01-02 03:04:05.678 info  Served: axon is up [allocation 7]\n",
        Format(new TextLogFormatter(Time), LogLevel.Information, "axon is up", null));

    [Fact]
    public void Write_TextFromAStranger_CannotForgeALineOrCommandTheTerminal() => Assert.Equal(
        "2026-01-02 03:04:05.678 warn  Served: a\\u000a2026 fake\\u001b[2J\\u2028 [allocation 7] | IOException: x\\u000dy\n",
        Format(new TextLogFormatter(Time), LogLevel.Warning, "a\n2026 fake\u001b[2J\u2028", new IOException("x\ry")));

    [Fact]
    public void Write_Json_OneObjectWithAllParts()
    {
        var line = Format(new JsonLogFormatter(Time), LogLevel.Error, "a\nb", new IOException("broken"));

        Assert.Equal(line.Length - 1, line.IndexOf('\n', StringComparison.Ordinal));
        var json = JsonDocument.Parse(line).RootElement;
        Assert.Equal(("error", 6001, "Served", "a\nb"), (json.GetProperty("level").GetString(), json.GetProperty("id").GetInt32(),
            json.GetProperty("event").GetString(), json.GetProperty("message").GetString()));
        Assert.Equal("42", json.GetProperty("fields").GetProperty("Port").GetString());
        Assert.Equal("allocation 7", json.GetProperty("scopes")[0].GetString());
        Assert.Contains("broken", json.GetProperty("exception").GetString(), StringComparison.Ordinal);
    }

    static string Format(ConsoleFormatter formatter, LogLevel level, string message, Exception? exception)
    {
        var scopes = new LoggerExternalScopeProvider();
        using var scope = scopes.Push("allocation 7");
        KeyValuePair<string, object?>[] state = [new("Port", 42), new("{OriginalFormat}", "x")];
        var writer = new StringWriter();
        formatter.Write(new LogEntry<KeyValuePair<string, object?>[]>(
            level, "Category", new EventId(6001, "Served"), state, exception, (_, _) => message), scopes, writer);
        return writer.ToString();
    }
}
