using System.Net;

namespace ComputeMiner.Diagnostics;

/// <summary>Where status, health and metrics are served.</summary>
sealed class AdminSettings
{
    /// <summary>Address and port. Default 127.0.0.1:8092, this machine only.</summary>
    public IPEndPoint Address { get; set; } = new(IPAddress.Loopback, 8092);
}
