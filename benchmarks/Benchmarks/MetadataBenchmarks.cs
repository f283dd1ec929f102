using BenchmarkDotNet.Attributes;
using Bittensor.Substrate;

namespace Benchmarks;

/// <summary>Done once per connection and after each upgrade of the runtime.</summary>
public class MetadataBenchmarks
{
    byte[] _metadata = [];

    /// <summary>The metadata's own format.</summary>
    [Params(15, 16)]
    public uint Version { get; set; }

    [GlobalSetup]
    public async Task SetupAsync()
    {
        await using var chain = await DevRuntime.StartAsync(1);
        _metadata = await chain.MetadataAsync(Version);
        Console.WriteLine($"// the metadata has {_metadata.Length} bytes");
    }

    [Benchmark]
    public RuntimeMetadata Parse() => RuntimeMetadata.Parse(_metadata);
}
