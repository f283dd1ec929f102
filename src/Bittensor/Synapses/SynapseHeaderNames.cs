namespace Bittensor.Synapses;

/// <summary>The envelope's header names, as they are written on the wire.</summary>
/// <remarks>Source: opentensor/bittensor, bittensor/core/synapse.py, Synapse.to_headers.</remarks>
public static class SynapseHeaderNames
{
    /// <summary>What the names of all headers of the two terminals begin with.</summary>
    public const string Prefix = "bt_";
    /// <summary>The synapse's route.</summary>
    public const string Name = "name";
    /// <summary>Seconds the caller waits.</summary>
    public const string Timeout = "timeout";
    /// <summary>Bytes the synapse takes in memory at the caller; a hint nobody relies on.</summary>
    public const string HeaderSize = "header_size";
    /// <summary>As <see cref="HeaderSize"/>, with the body.</summary>
    public const string TotalSize = "total_size";
    /// <summary>SHA3-256 over the hashed fields, in lower-case hexadecimal; part of the signed text.</summary>
    public const string ComputedBodyHash = "computed_body_hash";

    /// <summary>What the axon's headers begin with.</summary>
    public const string AxonPrefix = "bt_header_axon_";
    /// <summary>The axon's address.</summary>
    public const string AxonIp = "bt_header_axon_ip";
    /// <summary>The axon's TCP port.</summary>
    public const string AxonPort = "bt_header_axon_port";
    /// <summary>SS58 address the request is signed for.</summary>
    public const string AxonHotkey = "bt_header_axon_hotkey";
    /// <summary>HTTP-like status of the answer.</summary>
    public const string AxonStatusCode = "bt_header_axon_status_code";
    /// <summary>The same in words.</summary>
    public const string AxonStatusMessage = "bt_header_axon_status_message";
    /// <summary>Seconds the axon worked.</summary>
    public const string AxonProcessTime = "bt_header_axon_process_time";

    /// <summary>What the caller's headers begin with.</summary>
    public const string DendritePrefix = "bt_header_dendrite_";
    /// <summary>The caller's address, as it sees itself.</summary>
    public const string DendriteIp = "bt_header_dendrite_ip";
    /// <summary>The caller's SDK version: 1000000 * major + 1000 * minor + patch.</summary>
    public const string DendriteVersion = "bt_header_dendrite_version";
    /// <summary>Nanoseconds since 1970 at the caller; part of the signed text.</summary>
    public const string DendriteNonce = "bt_header_dendrite_nonce";
    /// <summary>Identifies the caller's process; part of the signed text.</summary>
    public const string DendriteUuid = "bt_header_dendrite_uuid";
    /// <summary>SS58 address of the key that signed.</summary>
    public const string DendriteHotkey = "bt_header_dendrite_hotkey";
    /// <summary>0x and 128 hexadecimal digits: the sr25519 signature.</summary>
    public const string DendriteSignature = "bt_header_dendrite_signature";
}
