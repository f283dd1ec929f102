using System.Globalization;
using System.Net;

namespace ComputeMiner.Configuration;

/// <summary>The kinds of values that settings and command flags have.</summary>
static class ValueKinds
{
    static readonly string[] True = ["true", "1", "yes", "on"];
    static readonly string[] False = ["false", "0", "no", "off"];

    public static readonly ValueKind<string> Text = new("TEXT", static (text, out value) => { value = text; return null; }, static v => v);

    /// <summary>True when the word turns a switch off.</summary>
    public static bool IsFalse(string text) => False.Contains(text, StringComparer.OrdinalIgnoreCase);

    /// <summary>One path segment: it must not lead out of the directory it names something in.</summary>
    public static readonly ValueKind<string> Name = new("NAME", static (text, out value) =>
    {
        value = text;
        return text.Length <= 255 && !string.IsNullOrWhiteSpace(text) && text is not ("." or "..") && !text.AsSpan().ContainsAny('/', '\0')
            ? null
            : "a name of 1 to 255 characters without '/'";
    }, static v => v);

    public static readonly ValueKind<string> File = new("PATH", static (text, out value) =>
    {
        value = HomePath.Expand(text);
        return !string.IsNullOrWhiteSpace(text) && !text.Contains('\0', StringComparison.Ordinal) ? null : "a path";
    }, static v => v);

    /// <summary>true, 1, yes, on, or false, 0, no, off.</summary>
    public static readonly ValueKind<bool> Switch = new("", static (text, out value) =>
    {
        value = True.Contains(text, StringComparer.OrdinalIgnoreCase);
        return value || False.Contains(text, StringComparer.OrdinalIgnoreCase) ? null : "true or false";
    }, static v => v ? "true" : "false");

    /// <summary>The range the reference asserts for published ports.</summary>
    public static readonly ValueKind<ushort> UnprivilegedPort = Port(1025, 65534);

    public static readonly ValueKind<ushort> AnyPort = Port(1, 65535);

    public static readonly ValueKind<IPAddress> Ip = new("IP", static (text, out value) =>
        IPAddress.TryParse(text, out value) ? null : "an IPv4 or IPv6 address", static v => v.ToString());

    public static readonly ValueKind<IPEndPoint> Endpoint = new("IP:PORT", static (text, out value) =>
        IPEndPoint.TryParse(text, out value) && value.Port > 0
            ? null
            : "an address and a port, such as 127.0.0.1:8092", static v => v.ToString());

    public static readonly ValueKind<double> Stake = new("STAKE", static (text, out value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && value >= 0 && double.IsFinite(value)
            ? null
            : "a number of whole units, 0 or more", static v => v.ToString(CultureInfo.InvariantCulture));

    public static readonly ValueKind<long> Size = new("SIZE", ReadSize, ShowSize);

    public static readonly ValueKind<TimeSpan> Days = Span("DAYS", TimeSpan.TicksPerDay, 3650, "days");

    public static readonly ValueKind<TimeSpan> Minutes = Span("MINUTES", TimeSpan.TicksPerMinute, 1440, "minutes");

    public static readonly ValueKind<TimeSpan> Seconds = Span("SECONDS", TimeSpan.TicksPerSecond, 86_400, "seconds");

    public static ValueKind<int> Integer(int min, int max) => new("NUMBER", (text, out value) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value) && value >= min && value <= max
            ? null
            : $"a whole number from {min} to {max}", static v => v.ToString(CultureInfo.InvariantCulture));

    public static ValueKind<T> Choice<T>(params (string Name, T Value)[] choices) =>
        new(string.Join('|', choices.Select(c => c.Name)), (text, out value) =>
    {
        foreach (var choice in choices)
        {
            value = choice.Value;
            if (choice.Name.Equals(text, StringComparison.OrdinalIgnoreCase))
                return null;
        }
        value = default;
        return $"one of {string.Join(", ", choices.Select(c => c.Name))}";
    }, v => choices.First(c => Equals(c.Value, v)).Name);

    /// <summary>The same kind for a value that may be absent.</summary>
    public static ValueKind<T?> Optional<T>(ValueKind<T> kind) where T : class => new(kind.Placeholder, (text, out value) =>
        kind.Read(text, out value), v => v is null ? "" : kind.Show(v));

    static ValueKind<ushort> Port(ushort min, ushort max) => new("PORT", (text, out value) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= min && value <= max
            ? null
            : $"a port from {min} to {max}", static v => v.ToString(CultureInfo.InvariantCulture));

    static ValueKind<TimeSpan> Span(string placeholder, long ticks, double most, string unit) => new(placeholder, (text, out value) =>
    {
        var good = double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number > 0
            && number <= most;
        value = good ? TimeSpan.FromTicks((long)(number * ticks)) : default;
        return good ? null : $"a number of {unit} above 0, at most {most.ToString(CultureInfo.InvariantCulture)}";
    }, v => ((double)v.Ticks / ticks).ToString(CultureInfo.InvariantCulture));

    static string? ReadSize(string text, out long value)
    {
        var unit = text.Length > 0 ? "kmgt".IndexOf(char.ToLowerInvariant(text[^1]), StringComparison.Ordinal) + 1 : 0;
        var number = unit > 0 ? text[..^1] : text;
        if (long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value <= long.MaxValue >> (10 * unit))
        {
            value <<= 10 * unit;
            return null;
        }
        return "a number of bytes, or with k, m, g or t behind it for KiB, MiB, GiB or TiB";
    }

    static string ShowSize(long bytes)
    {
        var unit = 0;
        while (unit < 4 && bytes != 0 && bytes % 1024 == 0)
        {
            bytes /= 1024;
            unit++;
        }
        return bytes.ToString(CultureInfo.InvariantCulture) + (unit == 0 ? "" : "kmgt"[unit - 1]);
    }
}
