using System.Net;
using Bittensor.Subtensor;

namespace ComputeMiner.Presence;

/// <summary>
/// What our axon entry on chain should say. Without a configured address it is asked for at every look, so that a change is noticed;
/// while the services are away the address found last stands.
/// </summary>
sealed partial class PublishedAxon(AxonSettings settings, uint version, ExternalAddress external, ILogger<PublishedAxon> logger)
{
    IPAddress? _known;
    IPAddress? _warned;

    /// <exception cref="ExternalAddressException">No address was configured and none was ever found out.</exception>
    public async Task<ServeAxonCall> WishAsync(CancellationToken cancellation)
    {
        var wish = new ServeAxonCall(version, settings.ExternalIp ?? await FindAsync(cancellation), settings.ExternalPort ?? settings.Port);
        if (wish.IpType == 6 && !wish.Ip.Equals(_warned))
        {
            Log.AddressIsIPv6(logger, wish.Ip);
            _warned = wish.Ip;
        }
        return wish;
    }

    async Task<IPAddress> FindAsync(CancellationToken cancellation)
    {
        try
        {
            var found = await external.DiscoverAsync(cancellation);
            if (!found.Equals(_known))
                Log.AddressFound(logger, found, _known);
            return _known = found;
        }
        catch (ExternalAddressException fault) when (_known is not null)
        {
            Log.AddressKept(logger, _known, fault.Message);
            return _known;
        }
    }

    static partial class Log
    {
        // opentensor/bittensor, bittensor/core/dendrite.py, _get_endpoint_url: "{ip}:{port}" without brackets is no URL for IPv6.
        [LoggerMessage(4200, LogLevel.Warning, "The published address {Address} is IPv6, which validators on the Python SDK cannot call. Give an IPv4 address with --axon.external_ip if this machine has one.")]
        public static partial void AddressIsIPv6(ILogger logger, IPAddress address);

        [LoggerMessage(4130, LogLevel.Information, "The public IP address is {Address} (before: {Before})")]
        public static partial void AddressFound(ILogger logger, IPAddress address, IPAddress? before);

        [LoggerMessage(4131, LogLevel.Warning, "{Address} stays the published address: {Reason}")]
        public static partial void AddressKept(ILogger logger, IPAddress address, string reason);
    }
}
