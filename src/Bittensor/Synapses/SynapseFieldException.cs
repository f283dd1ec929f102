using System.Text.Json;

namespace Bittensor.Synapses;

/// <summary>A field of a synapse has a type that even lax reading does not accept. The serializer adds the path.</summary>
sealed class SynapseFieldException(string expected) : JsonException($"Expected {expected}.")
{
    /// <summary>What the field may hold, in words.</summary>
    public string Expected { get; } = expected;
}
