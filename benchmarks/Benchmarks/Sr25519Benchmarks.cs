using BenchmarkDotNet.Attributes;
using Bittensor.Crypto;
using Bittensor.Keys;

namespace Benchmarks;

/// <summary>What a request costs before anything else: one signature made by the caller, one checked by us.</summary>
public class Sr25519Benchmarks
{
    readonly Keypair _keypair = Keypair.FromUri("//Alice");
    byte[] _publicKey = [];
    byte[] _message = [];
    byte[] _signature = [];

    /// <summary>Bytes signed; a request's are about 220.</summary>
    [Params(220, 10_000)]
    public int Length { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _publicKey = _keypair.Account.Bytes.ToArray();
        _message = new byte[Length];
        _signature = _keypair.Sign(_message);
    }

    [Benchmark]
    public bool Verify() => Sr25519.Verify(_publicKey, _message, _signature);

    [Benchmark]
    public byte[] Sign() => _keypair.Sign(_message);
}
