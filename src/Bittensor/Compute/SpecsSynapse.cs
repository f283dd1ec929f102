using System.Text.Json.Serialization.Metadata;
using Bittensor.Synapses;

namespace Bittensor.Compute;

/// <summary>Asks for the machine's description. No known axon serves it; the description is published instead.</summary>
/// <remarks>Source: neuralinternet/ni-compute, compute/protocol.py, class Specs.</remarks>
public sealed class SpecsSynapse : ISynapse<SpecsSynapse>
{
    /// <inheritdoc/>
    public static string Route => "Specs";

    /// <inheritdoc/>
    public static JsonTypeInfo<SpecsSynapse> TypeInfo => ComputeJson.Default.SpecsSynapse;

    /// <summary>What is asked for.</summary>
    public string SpecsInput { get; set; } = "";

    /// <summary>The axon's answer.</summary>
    public string SpecsOutput { get; set; } = "";

    /// <inheritdoc/>
    public void ResetOutput() => SpecsOutput = "";
}
