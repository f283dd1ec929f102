using System.Text.Json.Serialization;

namespace Bittensor.Compute;

/// <summary>The answer of an Allocate request. Members that are null are absent on the wire.</summary>
public sealed record AllocateOutput
{
    /// <summary>True or false; null when an axon sent no boolean, which callers read as "no".</summary>
    [JsonConverter(typeof(OutputStatusConverter))]
    public bool? Status { get; init; }

    /// <summary>The sealed credentials in base64 (<see cref="SealedCredentials"/>); only after a successful allocation.</summary>
    [JsonConverter(typeof(OutputTextConverter))]
    public string? Info { get; init; }

    /// <summary>The host port of the container's SSH server.</summary>
    [JsonConverter(typeof(OutputPortConverter))]
    public int? Port { get; init; }

    /// <summary>The answer without <see cref="Info"/>, which only its receiver may see.</summary>
    public override string ToString() => $"status {Status?.ToString() ?? "none"}, port {Port?.ToString() ?? "none"}";
}
