using Bittensor.Crypto;
using Bittensor.Keys;
using Bittensor.Scale;
using Bittensor.Substrate;
using Bittensor.Subtensor;
using DevNet;
using Microsoft.Extensions.Logging.Abstractions;

namespace Benchmarks;

/// <summary>What a dev chain answers, fetched over its real connection: bytes to decode without any network in the measurement.</summary>
sealed class DevRuntime : IAsyncDisposable
{
    readonly DevChain _chain;
    readonly SubstrateClient _client;

    DevRuntime(DevChain chain)
    {
        _chain = chain;
        _client = new SubstrateClient(new SubtensorOptions { Endpoints = [chain.Endpoint] }, TimeProvider.System, NullLogger.Instance);
    }

    public static Netuid Netuid { get; } = new(27);

    /// <summary>A chain whose subnet has so many neurons, each with a stake.</summary>
    public static async Task<DevRuntime> StartAsync(ushort neurons)
    {
        var chain = await DevChain.StartAsync(new DevChainOptions { MaxAllowedUids = neurons });
        using var owner = Keypair.FromUri("//Alice");
        chain.Change(changes =>
        {
            for (ulong i = 0; i < neurons; i++)
            {
                var hotkey = HotkeyOf(i);
                changes.RegisterNeuron(Netuid, hotkey, owner.Coldkey);
                changes.SetStake(Netuid, hotkey, (i + 1) * 1_000_000_000);
            }
        });
        return new DevRuntime(chain);
    }

    public Task<ChainRuntime> RuntimeAsync() => _client.GetRuntimeAsync(CancellationToken.None);

    /// <summary>The runtime's metadata as the chain holds it.</summary>
    public async Task<byte[]> MetadataAsync(uint version)
    {
        var reply = await CallAsync("Metadata", "metadata_at_version", new ScaleWriter().WriteUInt32(version).ToArray());
        // Option<Vec<u8>>
        var reader = new ScaleReader(reply.AsSpan(1));
        return reader.ReadBytes(reader.ReadLength(1)).ToArray();
    }

    /// <summary>The reply to one of a metagraph's calls.</summary>
    public Task<byte[]> ReplyAsync(MetagraphCall call)
    {
        var name = call.Name.Split('_', 2);
        return CallAsync(name[0], name[1], call.Parameters(Netuid));
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _chain.DisposeAsync();
    }

    Task<byte[]> CallAsync(string api, string method, byte[] parameters) =>
        _client.CallRuntimeAsync(api, method, parameters, null, CancellationToken.None);

    // Spread as real keys are.
    static Hotkey HotkeyOf(ulong index) => new(new AccountId(Blake2b.Hash256(BitConverter.GetBytes(index))));
}
