using System.Globalization;
using BenchmarkDotNet.Attributes;
using Bittensor.Substrate;

namespace Benchmarks;

/// <summary>Done once per connection and after each upgrade of the runtime.</summary>
public class MetadataBenchmarks
{
    byte[] _metadata = [];

    /// <summary>Whose metadata, and of which format.</summary>
    [ParamsSource(nameof(Sources))]
    public string Source { get; set; } = "";

    public static IEnumerable<string> Sources => FinneyMetadata.File is null ? ["dev V15", "dev V16"] : ["dev V15", "dev V16", "finney V16"];

    [GlobalSetup]
    public async Task SetupAsync()
    {
        _metadata = await LoadAsync(Source);
        Console.WriteLine($"// the metadata has {_metadata.Length} bytes");
    }

    [Benchmark]
    public RuntimeMetadata Parse() => RuntimeMetadata.Parse(_metadata);

    internal static async Task<byte[]> LoadAsync(string source)
    {
        if (source.StartsWith("finney", StringComparison.Ordinal))
            return await File.ReadAllBytesAsync(FinneyMetadata.File!);
        await using var chain = await DevRuntime.StartAsync(1);
        return await chain.MetadataAsync(uint.Parse(source.AsSpan("dev V".Length), CultureInfo.InvariantCulture));
    }
}
