using System.Net;

namespace Bittensor.Dendrite;

/// <summary>What a dendrite says about itself.</summary>
public sealed class DendriteOptions
{
    /// <summary>The version integer it claims: major*1000000 + minor*1000 + patch. Default 9000000.</summary>
    public int Version { get; set; } = 9_000_000;

    /// <summary>The address it believes to have; informational. Default 127.0.0.1.</summary>
    public IPAddress ExternalAddress { get; set; } = IPAddress.Loopback;

    /// <summary>Names the dendrite to axons; constant for its life. Null: a fresh version-1 UUID.</summary>
    public string? Uuid { get; set; }

    /// <summary>The user agent. Default: that of the Python client.</summary>
    public string UserAgent { get; set; } = "Python/3.11 aiohttp/3.10.11";
}
