using System.Globalization;
using System.Text;
using System.Text.Json;
using Bittensor.Keys;
using Bittensor.Synapses;

namespace Bittensor.Dendrite;

/// <summary>Builds a signed request: the headers and the body of a Python dendrite, byte for byte.</summary>
/// <remarks>Source: opentensor/bittensor, bittensor/core/dendrite.py, Dendrite.call; synapse.py, Synapse.to_headers.</remarks>
sealed class DendriteEnvelope(Keypair hotkey, DendriteOptions options, string uuid)
{
    /// <summary>Python's memory size of the header dictionary: the same for every request of this shape, and meaningless.</summary>
    const string HeaderSize = "464";

    /// <summary>Python's memory size of the object graph, as recorded for an Allocate; nobody reads it.</summary>
    const string TotalSize = "6015";

    readonly string _hotkeyText = hotkey.Hotkey.ToString();
    readonly string _ip = options.ExternalAddress.ToString();
    readonly string _version = options.Version.ToString(CultureInfo.InvariantCulture);

    public DendriteRequest Build<TSynapse>(AxonTarget target, TSynapse synapse, TimeSpan timeout, long nonce)
        where TSynapse : class, ISynapse<TSynapse>
    {
        var axonHotkey = target.Hotkey.ToString();
        var axonIp = target.EndPoint.Address.ToString();
        var axonPort = target.EndPoint.Port.ToString(CultureInfo.InvariantCulture);
        var nonceText = nonce.ToString(CultureInfo.InvariantCulture);
        var timeoutText = PythonNumber.Format(timeout.TotalSeconds);
        var signature = RequestSignature.Sign(hotkey, axonHotkey, nonce, uuid);
        List<KeyValuePair<string, string>> headers =
        [
            new(SynapseHeaderNames.Name, TSynapse.Route),
            new(SynapseHeaderNames.Timeout, timeoutText),
            new(SynapseHeaderNames.AxonIp, axonIp),
            new(SynapseHeaderNames.AxonPort, axonPort),
            new(SynapseHeaderNames.AxonHotkey, axonHotkey),
            new(SynapseHeaderNames.DendriteIp, _ip),
            new(SynapseHeaderNames.DendriteVersion, _version),
            new(SynapseHeaderNames.DendriteNonce, nonceText),
            new(SynapseHeaderNames.DendriteUuid, uuid),
            new(SynapseHeaderNames.DendriteHotkey, _hotkeyText),
            new(SynapseHeaderNames.DendriteSignature, signature),
            new(SynapseHeaderNames.HeaderSize, HeaderSize),
            new(SynapseHeaderNames.TotalSize, TotalSize),
            new(SynapseHeaderNames.ComputedBodyHash, BodyHash.Empty),
        ];

        var body = new StringBuilder(2048);
        body.Append("{\"name\": ");
        PythonJson.AppendString(body, TSynapse.Route);
        body.Append(CultureInfo.InvariantCulture, $", \"timeout\": {timeoutText}, \"total_size\": {TotalSize}, \"header_size\": 0");
        body.Append(", \"dendrite\": {\"status_code\": null, \"status_message\": null, \"process_time\": null");
        body.Append(CultureInfo.InvariantCulture, $", \"ip\": \"{_ip}\", \"port\": null, \"version\": {_version}, \"nonce\": {nonceText}");
        body.Append(", \"uuid\": ");
        PythonJson.AppendString(body, uuid);
        body.Append(CultureInfo.InvariantCulture, $", \"hotkey\": \"{_hotkeyText}\", \"signature\": \"{signature}\"}}");
        body.Append(", \"axon\": {\"status_code\": null, \"status_message\": null, \"process_time\": null");
        body.Append(CultureInfo.InvariantCulture, $", \"ip\": \"{axonIp}\", \"port\": {axonPort}");
        body.Append(", \"version\": null, \"nonce\": null, \"uuid\": null");
        body.Append(CultureInfo.InvariantCulture, $", \"hotkey\": \"{axonHotkey}\", \"signature\": null}}, \"computed_body_hash\": \"\"");
        PythonJson.AppendMembers(body, JsonSerializer.SerializeToUtf8Bytes(synapse, TSynapse.TypeInfo));
        body.Append('}');
        return new DendriteRequest(target.EndPoint, TSynapse.Route, timeout, headers, body.ToString());
    }
}
