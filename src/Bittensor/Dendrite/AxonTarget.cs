using System.Net;
using Bittensor.Keys;

namespace Bittensor.Dendrite;

/// <summary>An axon to call.</summary>
/// <param name="EndPoint">Where it listens, as published on chain.</param>
/// <param name="Hotkey">The key it must be addressed by: part of the signed text.</param>
public sealed record AxonTarget(IPEndPoint EndPoint, Hotkey Hotkey);
