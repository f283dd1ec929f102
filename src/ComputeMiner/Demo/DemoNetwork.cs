using Bittensor.Keys;
using Bittensor.Subtensor;
using DevNet;

namespace ComputeMiner.Demo;

/// <summary>
/// The dev network of the demo: a chain with the callers on it (a validator, one with too little stake, one nobody registered), and a registry.
/// </summary>
sealed class DemoNetwork : IAsyncDisposable
{
    const ulong Tao = 1_000_000_000;

    DemoNetwork(DevChain chain, DevRegistry registry) => (Chain, Registry) = (chain, registry);

    public DevChain Chain { get; }

    public DevRegistry Registry { get; }

    public Netuid Netuid { get; } = new(27);

    public Keypair Validator { get; } = Keypair.FromUri("//Alice//validator");

    public Keypair PoorCaller { get; } = Keypair.FromUri("//Bob//validator");

    public Keypair Stranger { get; } = Keypair.FromUri("//Eve//stranger");

    public static async Task<DemoNetwork> StartAsync(TimeSpan blockTime, CancellationToken cancellation)
    {
        var network = new DemoNetwork(
            await DevChain.StartAsync(new DevChainOptions { BlockTime = blockTime }, cancellation),
            await DevRegistry.StartAsync(new DevRegistryOptions(), cancellation));
        network.Register(network.Validator, Keypair.FromUri("//Alice"), 50_000);
        network.Register(network.PoorCaller, Keypair.FromUri("//Bob"), 12);
        return network;
    }

    /// <summary>Gives a new coldkey what a registration costs.</summary>
    public void Fund(Coldkey coldkey) => Chain.Fund(coldkey.Account, 1_000 * Tao);

    public async ValueTask DisposeAsync()
    {
        await Chain.DisposeAsync();
        await Registry.DisposeAsync();
        Validator.Dispose();
        PoorCaller.Dispose();
        Stranger.Dispose();
    }

    void Register(Keypair hotkey, Keypair coldkey, ulong stake)
    {
        Chain.RegisterNeuron(Netuid, hotkey.Hotkey, coldkey.Coldkey);
        Chain.SetStake(Netuid, hotkey.Hotkey, stake * Tao);
        Chain.SetValidatorPermit(Netuid, hotkey.Hotkey, true);
        coldkey.Dispose();
    }
}
