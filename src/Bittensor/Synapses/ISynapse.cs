using System.Text.Json.Serialization.Metadata;

namespace Bittensor.Synapses;

/// <summary>
/// A message between a dendrite and an axon. An implementation holds the synapse's own fields in wire order; the envelope
/// (identity, timeout, sizes) is added and taken off by the two ends.
/// </summary>
public interface ISynapse<TSelf>
    where TSelf : class, ISynapse<TSelf>
{
    /// <summary>The path segment and class name on the wire, case-sensitive.</summary>
    static abstract string Route { get; }

    /// <summary>How the synapse's own fields are read and written; unknown fields are ignored, missing ones keep their defaults.</summary>
    static abstract JsonTypeInfo<TSelf> TypeInfo { get; }

    /// <summary>Empties what only the axon may fill, so that nothing a caller sent can come back as an answer.</summary>
    void ResetOutput();
}
