using Bittensor.Subtensor;

namespace ComputeMiner.Presence;

/// <summary>What our axon entry on chain should say.</summary>
sealed class PublishedAxon(AxonSettings settings, uint version, ExternalAddress external)
{
    /// <exception cref="ExternalAddressException">No address was configured and none could be found out.</exception>
    public async Task<ServeAxonCall> WishAsync(CancellationToken cancellation)
    {
        var address = settings.ExternalIp ?? await external.DiscoverAsync(cancellation);
        return new ServeAxonCall(version, address, settings.ExternalPort ?? settings.Port);
    }
}
