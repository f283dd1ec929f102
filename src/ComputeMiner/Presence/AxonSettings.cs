using System.Net;
using Bittensor.Axon;

namespace ComputeMiner.Presence;

/// <summary>Where validators reach the axon.</summary>
sealed class AxonSettings
{
    /// <summary>TCP port the axon listens on. Default 8091.</summary>
    public ushort Port { get; set; } = 8091;

    /// <summary>Published port. Default: <see cref="Port"/>.</summary>
    public ushort? ExternalPort { get; set; }

    /// <summary>Published address. Default: found by asking outside.</summary>
    public IPAddress? ExternalIp { get; set; }

    /// <summary>Requests handled at once. Default 10.</summary>
    public int MaxWorkers { get; set; } = 10;

    public AxonOptions ToServerOptions(string stateDirectory) =>
        new() { Port = Port, MaxWorkers = MaxWorkers, NonceFile = Path.Combine(stateDirectory, "nonces") };
}
