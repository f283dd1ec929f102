namespace Bittensor.Synapses;

/// <summary>The envelope's header names, as they are written on the wire.</summary>
/// <remarks>Source: opentensor/bittensor, bittensor/core/synapse.py, Synapse.to_headers.</remarks>
public static class SynapseHeaderNames
{
    public const string Prefix = "bt_";
    public const string Name = "name";
    public const string Timeout = "timeout";
    public const string HeaderSize = "header_size";
    public const string TotalSize = "total_size";
    public const string ComputedBodyHash = "computed_body_hash";

    public const string AxonPrefix = "bt_header_axon_";
    public const string AxonIp = "bt_header_axon_ip";
    public const string AxonPort = "bt_header_axon_port";
    public const string AxonHotkey = "bt_header_axon_hotkey";
    public const string AxonStatusCode = "bt_header_axon_status_code";
    public const string AxonStatusMessage = "bt_header_axon_status_message";
    public const string AxonProcessTime = "bt_header_axon_process_time";

    public const string DendritePrefix = "bt_header_dendrite_";
    public const string DendriteIp = "bt_header_dendrite_ip";
    public const string DendriteVersion = "bt_header_dendrite_version";
    public const string DendriteNonce = "bt_header_dendrite_nonce";
    public const string DendriteUuid = "bt_header_dendrite_uuid";
    public const string DendriteHotkey = "bt_header_dendrite_hotkey";
    public const string DendriteSignature = "bt_header_dendrite_signature";
}
