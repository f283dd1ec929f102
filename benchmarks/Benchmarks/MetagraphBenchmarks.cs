using BenchmarkDotNet.Attributes;
using Bittensor.Subtensor;

namespace Benchmarks;

/// <summary>What the miner does with each block's metagraph once the reply has arrived: decode it into an immutable snapshot.</summary>
public class MetagraphBenchmarks
{
    MetagraphCall? _call;
    byte[] _reply = [];

    [Params(256, 4096)]
    public ushort Neurons { get; set; }

    [GlobalSetup]
    public async Task SetupAsync()
    {
        await using var chain = await DevRuntime.StartAsync(Neurons);
        _call = MetagraphQuery.Compile((await chain.RuntimeAsync()).Metadata, MetagraphParts.None).Calls.Single();
        _reply = await chain.ReplyAsync(_call);
        Console.WriteLine($"// the reply of {Neurons} neurons has {_reply.Length} bytes");
    }

    [Benchmark]
    public Metagraph Decode()
    {
        var columns = new MetagraphColumns();
        if (!_call!.TryRead(_reply, columns))
            throw new InvalidOperationException("The subnet is missing.");
        return new Metagraph(DevRuntime.Netuid, columns.Block ?? 0, DateTimeOffset.UnixEpoch, columns.ToNeurons());
    }
}
