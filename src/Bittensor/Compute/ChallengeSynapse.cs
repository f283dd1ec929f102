using System.Text.Json.Serialization.Metadata;
using Bittensor.Synapses;

namespace Bittensor.Compute;

/// <summary>A proof-of-work task: find the password behind a hash.</summary>
/// <remarks>Source: neuralinternet/ni-compute, compute/protocol.py, class Challenge.</remarks>
public sealed class ChallengeSynapse : ISynapse<ChallengeSynapse>
{
    /// <inheritdoc/>
    public static string Route => "Challenge";

    /// <inheritdoc/>
    public static JsonTypeInfo<ChallengeSynapse> TypeInfo => ComputeJson.Default.ChallengeSynapse;

    /// <summary>The hash in hashcat's notation.</summary>
    public string ChallengeHash { get; set; } = "";

    /// <summary>The salt, hex.</summary>
    public string ChallengeSalt { get; set; } = "";

    /// <summary>Hashcat's mode number as text.</summary>
    public string ChallengeMode { get; set; } = "";

    /// <summary>The characters the password is made of.</summary>
    public string ChallengeChars { get; set; } = "";

    /// <summary>The password's mask in hashcat's notation.</summary>
    public string ChallengeMask { get; set; } = "";

    /// <summary>Length of the password; 0 or less asks for nothing.</summary>
    public int ChallengeDifficulty { get; set; } = 7;

    /// <summary>The axon's answer; empty when challenges are off.</summary>
    public ChallengeOutput Output { get; set; } = new();

    /// <inheritdoc/>
    public void ResetOutput() => Output = new ChallengeOutput();
}
