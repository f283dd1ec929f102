using System.Text.Json.Serialization;

namespace Bittensor.Compute;

/// <summary>The answer of a challenge. Members that are null are absent on the wire.</summary>
public sealed record ChallengeOutput
{
    /// <summary>The password that was found.</summary>
    [JsonConverter(typeof(OutputTextConverter))]
    public string? Password { get; init; }

    /// <summary>Seconds the search took.</summary>
    [JsonConverter(typeof(OutputSecondsConverter))]
    public double? LocalExecutionTime { get; init; }

    /// <summary>Why there is no password.</summary>
    [JsonConverter(typeof(OutputTextConverter))]
    public string? Error { get; init; }
}
