using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace ComputeMiner.Registry;

/// <summary>What must outlive the process: which run is ours, and the history lines it has not got yet.</summary>
sealed record RegistryState
{
    /// <summary>The hotkey whose run it is. Another hotkey starts from nothing.</summary>
    public required string Hotkey { get; init; }

    /// <summary>The run's id; kept before it is first sent, so that a lost answer makes no second run.</summary>
    public string? RunId { get; init; }

    /// <summary>Its signature, made once: a valid one stays valid.</summary>
    public string? Signature { get; init; }

    /// <summary>When the run began.</summary>
    public DateTimeOffset Started { get; init; }

    /// <summary>History lines the registry is known to have.</summary>
    public int HistoryOffset { get; init; }

    /// <summary>The step of the next line.</summary>
    public long NextStep { get; init; }

    /// <summary>Lines that wait, oldest first, each a JSON object.</summary>
    public ImmutableArray<string> Pending { get; init; } = [];

    /// <summary>Lines given up because too many waited.</summary>
    public long Dropped { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(RegistryState))]
sealed partial class RegistryStateContext : JsonSerializerContext;
