using System.Text.Json;
using System.Text.Json.Serialization;

namespace ComputeMiner.Challenges;

/// <summary>One line of <c>--status-json</c> (hashcat, src/terminal.c, status_display_status_json): what a run has done so far.</summary>
/// <param name="Progress">Candidates tried, and how many there are.</param>
/// <param name="Devices">The devices at work.</param>
sealed record HashcatStatus(double[]? Progress, HashcatStatus.Device?[]? Devices)
{
    /// <summary>Candidates tried, 0 to 1.</summary>
    public double Share => Progress is [>= 0 and var done, > 0 and var all] ? Math.Min(1, done / all) : 0;

    /// <summary>Hashes per second of all devices together.</summary>
    public double Speed => Devices?.Sum(device => device?.Speed ?? 0) ?? 0;

    /// <summary>The status in a line of output; null when it holds none.</summary>
    public static HashcatStatus? TryRead(string line)
    {
        // hashcat's prompt may stand before it.
        var start = line.IndexOf('{', StringComparison.Ordinal);
        if (start < 0)
            return null;
        try
        {
            return JsonSerializer.Deserialize(line.AsSpan(start), HashcatJson.Default.HashcatStatus);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <param name="Speed">Hashes per second.</param>
    public sealed record Device(double Speed);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(HashcatStatus))]
sealed partial class HashcatJson : JsonSerializerContext;
