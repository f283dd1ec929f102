using System.Net;
using System.Net.Sockets;

namespace Bittensor.Axon;

/// <summary>The address of a connection, as it is told and handed on, and as it is counted.</summary>
static class CallerAddress
{
    const int NetworkBytes = 8;

    /// <summary>
    /// The caller's own address: a socket for both families shows 192.0.2.1 as ::ffff:192.0.2.1, which is nobody's name for it.
    /// <see cref="IPAddress.None"/> when it is not an IP connection.
    /// </summary>
    public static IPAddress Plain(IPAddress? address) =>
        address is null ? IPAddress.None : address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    /// <summary>
    /// What limits per address are counted for: an IPv4 address, or the first 64 bits of an IPv6 one. The smallest IPv6 network that
    /// anybody is given has 2^64 addresses (RFC 6177, RFC 7421), so that a single one of them tells nobody apart.
    /// </summary>
    public static IPAddress Share(IPAddress address)
    {
        var plain = Plain(address);
        if (plain.AddressFamily != AddressFamily.InterNetworkV6)
            return plain;
        Span<byte> bytes = stackalloc byte[16];
        plain.TryWriteBytes(bytes, out _);
        bytes[NetworkBytes..].Clear();
        // Without the scope: a link-local caller is the same one on every interface.
        return new IPAddress(bytes);
    }
}
