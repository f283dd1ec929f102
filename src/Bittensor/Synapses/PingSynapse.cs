using System.Text.Json.Serialization.Metadata;

namespace Bittensor.Synapses;

/// <summary>The bare synapse: no fields of its own. An axon that answers it is alive.</summary>
public sealed class PingSynapse : ISynapse<PingSynapse>
{
    /// <inheritdoc/>
    public static string Route => "Synapse";

    /// <inheritdoc/>
    public static JsonTypeInfo<PingSynapse> TypeInfo => SynapseJson.Default.PingSynapse;

    /// <inheritdoc/>
    public void ResetOutput()
    {
    }
}
