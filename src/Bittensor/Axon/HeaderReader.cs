using System.Globalization;
using Bittensor.Crypto;
using Bittensor.Keys;
using Bittensor.Synapses;
using Microsoft.AspNetCore.Http;

namespace Bittensor.Axon;

/// <summary>
/// Step 3: the identity, from the headers. Stricter than the reference: each header once, plain digits only, every part
/// present, the body hash the one constant, and no version old enough to have had weaker rules.
/// </summary>
static class HeaderReader
{
    /// <summary>7.2.0: older callers signed other nonces. No validator is that old.</summary>
    const long MinVersion = 7_002_000;

    const NumberStyles Decimal = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    public static AxonVerdict Read(IHeaderDictionary headers, out SynapseHeaders read)
    {
        read = default;
        if (FindRepeated(headers) is { } repeated)
            return AxonVerdict.Malformed($"Header '{repeated}' appears more than once.");

        var hotkeyVerdict = ReadHotkey(headers[SynapseHeaderNames.DendriteHotkey], out var hotkey, out var hotkeyText);
        if (!hotkeyVerdict.IsAdmitted)
            return hotkeyVerdict;

        string? uuid = headers[SynapseHeaderNames.DendriteUuid];
        if (string.IsNullOrEmpty(uuid))
            return AxonVerdict.Unidentified("Missing uuid");
        if (uuid.Length > RequestSignature.MaxUuidLength || uuid.AsSpan().ContainsAnyExceptInRange('!', '~'))
            return AxonVerdict.Malformed(
                $"Header '{SynapseHeaderNames.DendriteUuid}' must be 1 to {RequestSignature.MaxUuidLength} visible characters.");

        string? nonceText = headers[SynapseHeaderNames.DendriteNonce];
        if (string.IsNullOrEmpty(nonceText))
            return AxonVerdict.Unidentified("Missing Nonce");
        if (!TryDigits(nonceText, out var nonce))
            return AxonVerdict.Malformed($"Header '{SynapseHeaderNames.DendriteNonce}' must be an integer of nanoseconds, digits only.");

        string? version = headers[SynapseHeaderNames.DendriteVersion];
        if (string.IsNullOrEmpty(version))
            return AxonVerdict.Unidentified("Missing version");
        if (!TryDigits(version, out var versionNumber))
            return AxonVerdict.Malformed($"Header '{SynapseHeaderNames.DendriteVersion}' must be an integer, digits only.");
        if (versionNumber < MinVersion)
            return AxonVerdict.Unidentified("Version is too old: 7.2.0 or newer is needed");

        string? hash = headers[SynapseHeaderNames.ComputedBodyHash];
        if (string.IsNullOrEmpty(hash))
            return AxonVerdict.Unidentified("Missing computed_body_hash");
        if (hash != BodyHash.Empty)
            return AxonVerdict.Malformed(
                $"Header '{SynapseHeaderNames.ComputedBodyHash}' is not the hash of no fields, which is all a synapse here has.");

        string? timeoutText = headers[SynapseHeaderNames.Timeout];
        double? timeout = null;
        if (!string.IsNullOrEmpty(timeoutText))
        {
            if (!double.TryParse(timeoutText, Decimal, CultureInfo.InvariantCulture, out var seconds)
                || !double.IsFinite(seconds)
                || seconds <= 0)
            {
                return AxonVerdict.Malformed($"Header '{SynapseHeaderNames.Timeout}' must be a finite number of seconds above 0.");
            }
            timeout = seconds;
        }

        string? signature = headers[SynapseHeaderNames.DendriteSignature];
        Span<byte> bytes = stackalloc byte[Sr25519.SignatureLength];
        if (!RequestSignature.TryRead(signature, bytes))
            return AxonVerdict.Unidentified("Signature must be 0x and 128 hex digits");

        read = new SynapseHeaders(hotkey, hotkeyText, nonce, uuid, signature!, timeout);
        return AxonVerdict.Admitted;
    }

    static AxonVerdict ReadHotkey(string? text, out Hotkey hotkey, out string canonical)
    {
        canonical = text ?? "";
        if (Hotkey.TryParse(text, out hotkey))
            return hotkey.Account.IsZero ? AxonVerdict.Unidentified("The all-zero key belongs to nobody") : AxonVerdict.Admitted;
        if (canonical.Length == 0)
            return AxonVerdict.Unidentified("Missing hotkey");
        return ForeignSs58.IsAddress(canonical)
            ? AxonVerdict.Refuse("Address is not of SS58 format 42")
            : AxonVerdict.Unidentified("Hotkey is no SS58 address");
    }

    /// <summary>1 to 19 ASCII digits that fit 63 bits; Python's blanks, signs and underscores are never sent by a dendrite.</summary>
    static bool TryDigits(string text, out long value)
    {
        value = 0;
        return text.Length <= 19 && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    static string? FindRepeated(IHeaderDictionary headers)
    {
        foreach (var (name, values) in headers)
        {
            if (values.Count > 1 && IsEnvelope(name))
                return name;
        }
        return null;
    }

    static bool IsEnvelope(string name) =>
        name.StartsWith(SynapseHeaderNames.Prefix, StringComparison.OrdinalIgnoreCase)
        || name.Equals(SynapseHeaderNames.Name, StringComparison.OrdinalIgnoreCase)
        || name.Equals(SynapseHeaderNames.Timeout, StringComparison.OrdinalIgnoreCase)
        || name.Equals(SynapseHeaderNames.ComputedBodyHash, StringComparison.OrdinalIgnoreCase);
}
