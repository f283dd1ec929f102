using System.Net;
using Bittensor.Keys;

namespace Bittensor.Axon;

/// <summary>Who asks. During admission the hotkey is only claimed; in a handler it is proved by its signature.</summary>
/// <param name="Hotkey">The caller's hotkey, from the headers; a copy in the body never counts.</param>
/// <param name="Route">The synapse's name.</param>
/// <param name="RemoteAddress">Where the connection comes from, an IPv4 caller always in IPv4 form; null when it is not an IP connection.</param>
/// <param name="Nonce">The caller's clock in nanoseconds since 1970, as signed.</param>
/// <param name="Uuid">Names the caller's dendrite object.</param>
/// <param name="Timeout">How long the caller waits, counted from <paramref name="ReceivedAt"/>; at most the axon's own limit.</param>
/// <param name="ReceivedAt">When the request's head was complete.</param>
public readonly record struct AxonCaller(
    Hotkey Hotkey, string Route, IPAddress? RemoteAddress, ulong Nonce, string Uuid, TimeSpan Timeout, DateTimeOffset ReceivedAt);
