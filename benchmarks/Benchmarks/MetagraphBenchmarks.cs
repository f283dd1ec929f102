using BenchmarkDotNet.Attributes;
using Bittensor.Substrate;
using Bittensor.Substrate.Rpc;
using Bittensor.Subtensor;

namespace Benchmarks;

/// <summary>What the miner does with each block's metagraph once the reply has arrived: read it into an immutable snapshot.</summary>
public class MetagraphBenchmarks
{
    MetagraphCall? _call;
    byte[] _reply = [];
    byte[] _frame = [];

    [Params(256, 4096)]
    public ushort Neurons { get; set; }

    /// <summary>What is asked for: the least, and what the miner asks for.</summary>
    [Params(MetagraphParts.None, MetagraphParts.Usual)]
    public MetagraphParts Parts { get; set; }

    [GlobalSetup]
    public async Task SetupAsync()
    {
        await using var chain = await DevRuntime.StartAsync(Neurons);
        _call = MetagraphQuery.Compile((await chain.RuntimeAsync()).Metadata, Parts).Calls.Single();
        _reply = await chain.ReplyAsync(_call);
        _frame = [.. "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x"u8, .. Convert.ToHexStringLower(_reply).Select(digit => (byte)digit), .. "\"}"u8];
        Console.WriteLine($"// the reply of {Neurons} neurons has {_reply.Length} bytes");
    }

    [Benchmark]
    public Metagraph Decode() => Read(_reply);

    /// <summary>From the frame as the socket hands it over: JSON, hex, SCALE, snapshot.</summary>
    [Benchmark]
    public Metagraph Refresh() => Read(RpcRead.Read("state_call", RpcMessage.Parse(_frame)[0].Result, RpcRead.Bytes));

    Metagraph Read(byte[] reply)
    {
        var columns = new MetagraphColumns();
        if (!_call!.TryRead(reply, columns))
            throw new InvalidOperationException("The subnet is missing.");
        return new Metagraph(DevRuntime.Netuid, columns.Block ?? 0, DateTimeOffset.UnixEpoch, columns.ToNeurons());
    }
}
