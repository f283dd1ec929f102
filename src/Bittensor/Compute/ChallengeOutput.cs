using System.Text.Json.Serialization;

namespace Bittensor.Compute;

/// <summary>
/// The answer of a challenge: all three members on the wire, null where they do not apply, or an empty object when nothing was tried.
/// </summary>
/// <remarks>Source: neuralinternet/ni-compute, neurons/Miner/pow.py, run_hashcat.</remarks>
[JsonConverter(typeof(ChallengeOutputConverter))]
public sealed record ChallengeOutput
{
    /// <summary>The password that was found.</summary>
    public string? Password { get; init; }

    /// <summary>Seconds from taking the challenge to the end, waiting in the queue included.</summary>
    public double? LocalExecutionTime { get; init; }

    /// <summary>Why there is no password, beginning with the challenge's run id; null when there is one.</summary>
    public string? Error { get; init; }
}
