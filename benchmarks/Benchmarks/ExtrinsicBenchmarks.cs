using System.Net;
using BenchmarkDotNet.Attributes;
using Bittensor.Keys;
using Bittensor.Substrate;
using Bittensor.Subtensor;

namespace Benchmarks;

/// <summary>A <c>serve_axon</c> from its arguments to the bytes that are submitted, the signature included.</summary>
public class ExtrinsicBenchmarks
{
    readonly Keypair _keypair = Keypair.FromUri("//Alice");
    RuntimeMetadata? _metadata;
    SigningContext? _context;

    /// <summary>Whose metadata, and of which format.</summary>
    [ParamsSource(nameof(Sources))]
    public string Source { get; set; } = "";

    public static IEnumerable<string> Sources => MetadataBenchmarks.Sources;

    [GlobalSetup]
    public async Task SetupAsync()
    {
        _metadata = RuntimeMetadata.Parse(await MetadataBenchmarks.LoadAsync(Source));
        var genesis = new BlockHash(new byte[BlockHash.Length]);
        _context = new SigningContext(365, 1, genesis, 7, Era.Mortal(64, 100), genesis);
    }

    [Benchmark]
    public byte[] Build() => RuntimeCall.Encode(
        _metadata!, "SubtensorModule", "serve_axon", ("netuid", ScaleValue.Of(DevRuntime.Netuid.Value)), ("version", ScaleValue.Of(190)),
        ("ip", ScaleValue.Of(ChainIpAddress.ToNumber(IPAddress.Parse("192.0.2.1")))), ("port", ScaleValue.Of(8091)),
        ("ip_type", ScaleValue.Of(4)),
        ("protocol", ScaleValue.Of(4)), ("placeholder1", ScaleValue.Of(0)), ("placeholder2", ScaleValue.Of(0)));

    [Benchmark]
    public Extrinsic BuildAndSign() => Extrinsic.Sign(_metadata!, Build(), _context!, _keypair);
}
