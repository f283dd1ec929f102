using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ComputeMiner.Gpus;

namespace ComputeMiner.Specs;

/// <summary>
/// The hardware document, member by member as validators read it: names, types and units are the wire's. A validator that finds a member
/// missing or of another type takes the whole for invalid.
/// </summary>
/// <remarks>Source: neuralinternet/ni-compute, what the miner's hardware script writes and the validators' allocation and scoring read.</remarks>
sealed record SpecsDocument(
    [property: JsonPropertyName("cpu")] CpuSpecs Cpu,
    [property: JsonPropertyName("gpu")] GpuSpecs Gpu,
    [property: JsonPropertyName("hard_disk")] DiskSpecs HardDisk,
    [property: JsonPropertyName("ram")] RamSpecs Ram,
    [property: JsonPropertyName("has_docker")] bool HasDocker)
{
    /// <summary>A fresh tree, the caller's own.</summary>
    public JsonObject ToJson() => JsonSerializer.SerializeToNode(this, SpecsJson.Default.SpecsDocument)!.AsObject();
}

/// <summary>The processors.</summary>
/// <param name="Count">Physical cores.</param>
/// <param name="Frequency">MHz at the moment, the mean of all.</param>
sealed record CpuSpecs(
    [property: JsonPropertyName("count")] int Count,
    [property: JsonPropertyName("frequency"), JsonConverter(typeof(FloatConverter))] double Frequency);

/// <summary>The GPUs that are handed out.</summary>
/// <param name="Count">How many.</param>
/// <param name="Capacity">MiB of memory, all together.</param>
/// <param name="Details">Each, in the driver's order; the first one's name stands for all.</param>
/// <param name="GraphicsSpeed">MHz of the first one's cores at the moment; left out without a GPU.</param>
/// <param name="MemorySpeed">MHz of the first one's memory at the moment; left out without a GPU.</param>
sealed record GpuSpecs(
    [property: JsonPropertyName("count")] int Count,
    [property: JsonPropertyName("capacity")] long Capacity,
    [property: JsonPropertyName("details")] IReadOnlyList<GpuDetail> Details,
    [property: JsonPropertyName("graphics_speed")] int? GraphicsSpeed = null,
    [property: JsonPropertyName("memory_speed")] int? MemorySpeed = null)
{
    public static GpuSpecs None { get; } = new(0, 0, []);

    public static GpuSpecs Of(IReadOnlyList<Gpu> gpus)
    {
        var first = gpus is [var one, ..] ? one : null;
        GpuDetail[] details = [.. gpus.Select(gpu => new GpuDetail(gpu.Name, gpu.Memory >> 20))];
        return new GpuSpecs(gpus.Count, details.Sum(each => each.Capacity), details, first?.GraphicsClock, first?.MemoryClock);
    }

    public string Describe() => Count == 0 ? "no GPU" : $"{Count} {Details[0].Name}";

    /// <summary>The same cards in the same order; their clocks may differ.</summary>
    public bool IsSameSet(GpuSpecs? other) => other is not null && Details.SequenceEqual(other.Details);
}

/// <summary>One GPU.</summary>
/// <param name="Name">The model.</param>
/// <param name="Capacity">MiB of memory.</param>
sealed record GpuDetail(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("capacity")] long Capacity);

/// <summary>The file system of <c>/</c>, in bytes, and how fast the disk is, in MiB/s.</summary>
sealed record DiskSpecs(
    [property: JsonPropertyName("total")] long Total,
    [property: JsonPropertyName("free")] long Free,
    [property: JsonPropertyName("used")] long Used,
    [property: JsonPropertyName("write_speed"), JsonConverter(typeof(FloatConverter))] double WriteSpeed = 0,
    [property: JsonPropertyName("read_speed"), JsonConverter(typeof(FloatConverter))] double ReadSpeed = 0);

/// <summary>Memory and swap, in bytes, and how fast memory is, in MiB/s.</summary>
sealed record RamSpecs(
    [property: JsonPropertyName("total")] long Total,
    [property: JsonPropertyName("available")] long Available,
    [property: JsonPropertyName("used")] long Used,
    [property: JsonPropertyName("free")] long Free,
    [property: JsonPropertyName("swap_total")] long SwapTotal,
    [property: JsonPropertyName("swap_used")] long SwapUsed,
    [property: JsonPropertyName("swap_free")] long SwapFree,
    [property: JsonPropertyName("read_speed"), JsonConverter(typeof(FloatConverter))] double ReadSpeed = 0,
    [property: JsonPropertyName("write_speed"), JsonConverter(typeof(FloatConverter))] double WriteSpeed = 0);

[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SpecsDocument))]
[JsonSerializable(typeof(SpecsState))]
sealed partial class SpecsJson : JsonSerializerContext;
