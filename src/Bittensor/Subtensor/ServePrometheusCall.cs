using System.Net;

namespace Bittensor.Subtensor;

/// <summary>The arguments of <c>SubtensorModule.serve_prometheus</c> besides the subnet.</summary>
/// <param name="Version">The subnet software's version, 100 * major + 10 * minor + patch.</param>
/// <param name="Ip">Address, IPv4 or IPv6; the chain refuses 0.0.0.0 here.</param>
/// <param name="Port">TCP port.</param>
public sealed record ServePrometheusCall(uint Version, IPAddress Ip, ushort Port)
{
    /// <summary>4 or 6, from <see cref="Ip"/>.</summary>
    public byte IpType => ChainIpAddress.TypeOf(Ip);
}
