using BenchmarkDotNet.Attributes;
using Bittensor.Keys;

namespace Benchmarks;

/// <summary>Addresses are read and written in every request's headers.</summary>
public class Ss58Benchmarks
{
    readonly AccountId _account = Ss58Address.Decode("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY");
    readonly string _text = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

    [Benchmark]
    public bool Decode() => Ss58Address.TryDecode(_text, out _);

    [Benchmark]
    public string Encode() => Ss58Address.Encode(_account.Bytes);
}
