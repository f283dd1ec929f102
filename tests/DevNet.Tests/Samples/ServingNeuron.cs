using System.Net;
using Bittensor.Keys;
using Bittensor.Subtensor;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevNet.Tests.Samples;

/// <summary>A chain with two neurons on subnet 27, of which one serves an axon, and what the sample says of it.</summary>
sealed class ServingNeuron : IAsyncDisposable
{
    ServingNeuron(DevChain chain, string line) => (Chain, Line) = (chain, line);

    public DevChain Chain { get; }

    /// <summary>The line of the one that serves.</summary>
    public string Line { get; }

    public static async Task<ServingNeuron> StartAsync(CancellationToken cancellation)
    {
        var chain = await DevChain.StartAsync(new DevChainOptions { BlockTime = TimeSpan.FromMilliseconds(100) }, cancellation);
        using var hotkey = Keypair.FromUri("//Miner");
        var netuid = new Netuid(27);
        chain.RegisterNeuron(netuid, new Hotkey(DevAccounts.Bob), new Coldkey(DevAccounts.Bob));
        var uid = chain.RegisterNeuron(netuid, hotkey.Hotkey, new Coldkey(DevAccounts.Alice));
        chain.SetStake(netuid, hotkey.Hotkey, 1_234_000_000_000);
        await using var client = new SubtensorClient(
            new SubtensorOptions { Endpoints = [chain.Endpoint] }, TimeProvider.System, NullLogger<SubtensorClient>.Instance);
        await client.ServeAxonAsync(netuid, new ServeAxonCall(190, IPAddress.Parse("203.0.113.10"), 8091), hotkey, cancellation);
        return new ServingNeuron(chain, $"{uid.Value} {hotkey.Hotkey} 1234 203.0.113.10:8091");
    }

    public void AssertPrinted(string output)
    {
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Matches(@"^Subnet 27 at block \d+: 2 neurons$", lines[0]);
        Assert.Equal([Line], lines[1..]);
    }

    public ValueTask DisposeAsync() => Chain.DisposeAsync();
}
