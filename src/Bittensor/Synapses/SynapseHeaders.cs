using Bittensor.Keys;

namespace Bittensor.Synapses;

/// <summary>A request's identity as its headers give it: well-formed, but not proved until the signature is checked.</summary>
/// <param name="Hotkey">The claimed hotkey; never the all-zero key.</param>
/// <param name="HotkeyText">Its address as sent, format 42.</param>
/// <param name="Nonce">The caller's clock, nanoseconds since 1970.</param>
/// <param name="Uuid">1 to 64 visible characters.</param>
/// <param name="SignatureText">The signature header as sent.</param>
/// <param name="TimeoutSeconds">Finite and above 0; null when the header is absent.</param>
readonly record struct SynapseHeaders(
    Hotkey Hotkey, string HotkeyText, long Nonce, string Uuid, string SignatureText, double? TimeoutSeconds);
