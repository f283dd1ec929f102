using System.Text.Json.Serialization;

namespace ComputeMiner.Notices;

/// <summary>What stands in <c>/run/rental.json</c>. Times are UTC; fields are added, never renamed.</summary>
/// <param name="Allocation">Its id, also on the container.</param>
/// <param name="Kind">"rental", or "test" for a validator's own test.</param>
/// <param name="State">"running" or "paused".</param>
/// <param name="Started">When it began.</param>
/// <param name="Expires">When it ends by itself.</param>
/// <param name="SecondsLeft">Until then, counted from <paramref name="Updated"/>.</param>
/// <param name="Updated">When this was written.</param>
/// <param name="Limits">What the container may use.</param>
/// <param name="Rules">What a renter has to know, in sentences.</param>
sealed record RentalDocument(
    string Allocation, string Kind, string State, DateTimeOffset Started, DateTimeOffset Expires, long SecondsLeft, DateTimeOffset Updated,
    RentalLimits Limits, IReadOnlyList<string> Rules);

/// <summary>What the container may use.</summary>
/// <param name="Cpus">Processors, in fractions.</param>
/// <param name="MemoryBytes">Memory; nothing is swapped.</param>
/// <param name="SharedMemoryBytes">Size of /dev/shm, which counts as memory.</param>
/// <param name="DiskBytes">All that may be written; null without a limit.</param>
/// <param name="Processes">Processes and threads at once.</param>
/// <param name="Gpus">UUIDs of the GPUs.</param>
sealed record RentalLimits(double Cpus, long MemoryBytes, long SharedMemoryBytes, long? DiskBytes, long Processes, IReadOnlyList<string> Gpus);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(RentalDocument))]
sealed partial class RentalJson : JsonSerializerContext;
