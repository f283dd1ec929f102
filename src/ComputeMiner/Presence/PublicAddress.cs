using System.Net;

namespace ComputeMiner.Presence;

/// <summary>Tells addresses that can be reached over the internet from those that never can.</summary>
/// <remarks>Source: IANA special-purpose address registries (RFC 6890): this network, private, shared, loopback, link-local, multicast, reserved.</remarks>
static class PublicAddress
{
    static readonly IPNetwork[] Inner =
    [
        IPNetwork.Parse("0.0.0.0/8"), IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("100.64.0.0/10"), IPNetwork.Parse("127.0.0.0/8"),
        IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"), IPNetwork.Parse("224.0.0.0/3"),
        // All below 1::, unique local, link-local and old site-local, multicast.
        IPNetwork.Parse("::/16"), IPNetwork.Parse("fc00::/7"), IPNetwork.Parse("fe80::/9"), IPNetwork.Parse("ff00::/8"),
    ];

    public static bool Is(IPAddress address) =>
        !address.IsIPv4MappedToIPv6 && !Array.Exists(Inner, network => network.Contains(address));
}
