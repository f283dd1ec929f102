using System.Net;

namespace Bittensor.Subtensor;

/// <summary>What the chain knows of a neuron's axon (storage <c>SubtensorModule.Axons</c>).</summary>
/// <param name="Block">Block in which it was served; the serving rate limit counts from here.</param>
/// <param name="Version">The subnet software's version, 100 * major + 10 * minor + patch (1.9.0 is 190).</param>
/// <param name="Ip">Address to connect to; 0.0.0.0 for an axon never served or reset.</param>
/// <param name="Port">TCP port to connect to.</param>
/// <param name="IpType">4 or 6; 0 for an axon never served.</param>
/// <param name="Protocol">4 by convention.</param>
/// <param name="Placeholder1">Unused, 0.</param>
/// <param name="Placeholder2">Unused, 0.</param>
public sealed record AxonInfo(
    ulong Block, uint Version, IPAddress Ip, ushort Port, byte IpType, byte Protocol, byte Placeholder1, byte Placeholder2)
{
    /// <summary>An axon never served: all zero, as the chain reports it.</summary>
    public static AxonInfo None { get; } = new(0, 0, IPAddress.Any, 0, 0, 0, 0, 0);

    /// <summary>True when there is an address to connect to.</summary>
    public bool IsServing => ChainIpAddress.ToNumber(Ip) != 0;
}
