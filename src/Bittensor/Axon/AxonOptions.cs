using System.Net;

namespace Bittensor.Axon;

/// <summary>How an axon listens and what it tolerates.</summary>
public sealed class AxonOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "axon";

    /// <summary>The address to listen on. Default: every IPv4 address, and every IPv6 address where the machine has IPv6.</summary>
    public IPAddress? Address { get; set; }

    /// <summary>The port to listen on; 0 takes a free one. Default 8091.</summary>
    public int Port { get; set; } = 8091;

    /// <summary>Handlers that may run at the same time. Default 10.</summary>
    public int MaxWorkers { get; set; } = 10;

    /// <summary>Verified requests that may wait for a worker; of one more the lowest priority is answered 503. Default 256.</summary>
    public int MaxWaiting { get; set; } = 256;

    /// <summary>Open connections, all callers together; beyond it the oldest makes room on which nobody has proved who he is. Default 512.</summary>
    public int MaxConnections { get; set; } = 512;

    /// <summary>Open connections of one address; a /64 of IPv6 counts as one. A dendrite needs a handful. Default 64.</summary>
    public int MaxAddressConnections { get; set; } = 64;

    /// <summary>
    /// Connections an address may open at once where nobody was proved, while a quarter of all belongs to such callers. Default 32.
    /// </summary>
    public int NewcomerBurst { get; set; } = 32;

    /// <summary>The same per second over time. Default 2.</summary>
    public double NewcomerRate { get; set; } = 2;

    /// <summary>Bytes of request line and headers. Default 32 KiB.</summary>
    public int HeadLimit { get; set; } = 32 * 1024;

    /// <summary>Bytes of body. Default 256 KiB.</summary>
    public int BodyLimit { get; set; } = 256 * 1024;

    /// <summary>Bytes of body where nobody has to be admitted. A dendrite's ping has one to two thousand. Default 16 KiB.</summary>
    public int OpenBodyLimit { get; set; } = 16 * 1024;

    /// <summary>Time for a request's head to arrive. Default 5 s.</summary>
    public TimeSpan HeadTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Slowest body that is tolerated, in bytes per second after <see cref="BodyGrace"/>. Default 1024.</summary>
    public double MinBodyRate { get; set; } = 1024;

    /// <summary>How long a body may be slower than <see cref="MinBodyRate"/>; more than 1 s. Default 5 s.</summary>
    public TimeSpan BodyGrace { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an idle connection stays open. Dendrites pool for 15 s and do not retry. Default 30 s.</summary>
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Largest timeout of a caller that is believed. The header is not signed. Default 120 s.</summary>
    public TimeSpan MaxTimeout { get; set; } = TimeSpan.FromSeconds(120);

    /// <summary>Timeout of a caller that names none, for the deadline only. Default 12 s, as the Python class has it.</summary>
    public TimeSpan DefaultTimeout { get; set; } = TimeSpan.FromSeconds(12);

    /// <summary>Age a nonce may have beyond the caller's timeout. Default 4 s.</summary>
    public TimeSpan NonceGrace { get; set; } = TimeSpan.FromSeconds(4);

    /// <summary>How far a nonce may lie in the future. Default 10 s.</summary>
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Where the nonces that must survive a restart are written; its directory must exist. Default: nowhere, and a restarted axon
    /// knows nothing of what an earlier one accepted.
    /// </summary>
    public string? NonceFile { get; set; }

    /// <summary>How far beyond a nonce that is ahead of our clock its hotkey is noted, so that not every one of its requests is a write. Default 1 s.</summary>
    public TimeSpan NonceReserve { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Kept free at the end of the caller's timeout for the answer's way. Default 1 s, at most half of the timeout.</summary>
    public TimeSpan DeadlineMargin { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Unproven requests (pings, failed signatures) an address may make at once. Default 200.</summary>
    public int UnprovenBurst { get; set; } = 200;

    /// <summary>Unproven requests an address may make per second over time. Default 50.</summary>
    public double UnprovenRate { get; set; } = 50;

    /// <summary>
    /// Unproven requests of all addresses together that are checked at once: whoever has many networks has many addresses. Default 4000 for
    /// each processor.
    /// </summary>
    public int TotalBurst { get; set; } = 4000 * Environment.ProcessorCount;

    /// <summary>The same per second over time. Default 2000 for each processor, which costs about an eighth of it.</summary>
    public double TotalRate { get; set; } = 2000.0 * Environment.ProcessorCount;

    /// <summary>Failed signatures under the name of one admitted hotkey that all unproven addresses together may make at once. Default 1000.</summary>
    public int ClaimBurst { get; set; } = 1000;

    /// <summary>The same per second over time. Default 500, which costs about 3 % of a core.</summary>
    public double ClaimRate { get; set; } = 500;

    /// <summary>
    /// Failed signatures under the name of a hotkey and from an address where that hotkey was proved within the last hour, at once.
    /// Default 2000.
    /// </summary>
    public int ProvedBurst { get; set; } = 2000;

    /// <summary>The same per second over time. Default 2000, which costs about an eighth of a core.</summary>
    public double ProvedRate { get; set; } = 2000;
}
