using System.Text.Json.Serialization.Metadata;
using Bittensor.Synapses;

namespace Bittensor.Compute;

/// <summary>
/// Asks for the machine, asks whether it is free, gives it back, or acts on the container, depending on its fields.
/// Every field has a default, so an empty object is a valid request.
/// </summary>
/// <remarks>Source: neuralinternet/ni-compute, compute/protocol.py, class Allocate.</remarks>
public sealed class AllocateSynapse : ISynapse<AllocateSynapse>
{
    /// <inheritdoc/>
    public static string Route => "Allocate";

    /// <inheritdoc/>
    public static JsonTypeInfo<AllocateSynapse> TypeInfo => ComputeJson.Default.AllocateSynapse;

    /// <summary>Days the machine is wanted for; 0 or less gives it back.</summary>
    public int Timeline { get; set; }

    /// <summary>What the caller needs. An object that was sent replaces the default whole.</summary>
    public DeviceRequirement DeviceRequirement { get; set; } = new();

    /// <summary>True: only asks, nothing is changed.</summary>
    public bool Checking { get; set; } = true;

    /// <summary>The axon's answer; the only part a caller looks at.</summary>
    public AllocateOutput Output { get; set; } = new();

    /// <summary>The caller's RSA public key, PEM. It seals the credentials and names the allocation afterwards.</summary>
    public string PublicKey { get; set; } = "";

    /// <summary>How the container is to be made.</summary>
    public DockerRequirement DockerRequirement { get; set; } = DockerRequirement.Default;

    /// <summary>True: <see cref="DockerAction"/> is to be done to the running container.</summary>
    public bool DockerChange { get; set; }

    /// <summary>The action on a container that is already held.</summary>
    public DockerAction DockerAction { get; set; } = DockerAction.None;

    /// <inheritdoc/>
    public void ResetOutput() => Output = new AllocateOutput();
}
