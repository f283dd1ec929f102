using System.Net;

namespace Bittensor.Subtensor;

/// <summary>What the chain knows of a neuron's metrics endpoint (storage <c>SubtensorModule.Prometheus</c>). Subnet 27's validators publish their version here.</summary>
/// <param name="Block">Block in which it was served.</param>
/// <param name="Version">The subnet software's version, 100 * major + 10 * minor + patch.</param>
/// <param name="Ip">Address.</param>
/// <param name="Port">TCP port.</param>
/// <param name="IpType">4 or 6.</param>
public sealed record PrometheusInfo(ulong Block, uint Version, IPAddress Ip, ushort Port, byte IpType);
