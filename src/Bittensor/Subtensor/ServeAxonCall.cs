using System.Net;

namespace Bittensor.Subtensor;

/// <summary>The arguments of <c>SubtensorModule.serve_axon</c> besides the subnet.</summary>
/// <param name="Version">The subnet software's version, 100 * major + 10 * minor + patch (1.9.0 is 190).</param>
/// <param name="Ip">Address to be reached at, IPv4 or IPv6; 0.0.0.0 resets the axon.</param>
/// <param name="Port">TCP port to be reached at; the chain refuses 0.</param>
/// <param name="Protocol">4 by convention.</param>
/// <param name="Placeholder1">Unused.</param>
/// <param name="Placeholder2">Unused.</param>
public sealed record ServeAxonCall(uint Version, IPAddress Ip, ushort Port, byte Protocol = 4, byte Placeholder1 = 0, byte Placeholder2 = 0)
{
    /// <summary>4 or 6, from <see cref="Ip"/>.</summary>
    public byte IpType => ChainIpAddress.TypeOf(Ip);

    /// <summary>True when the chain already says the same; serving again would only restart the rate limit's clock.</summary>
    public bool Matches(AxonInfo? axon) =>
        axon is not null && axon.Version == Version && axon.Port == Port && axon.IpType == IpType && axon.Protocol == Protocol
        && axon.Placeholder1 == Placeholder1 && axon.Placeholder2 == Placeholder2
        && ChainIpAddress.ToNumber(axon.Ip) == ChainIpAddress.ToNumber(Ip);
}
