namespace Bittensor.Substrate;

/// <summary>How to reach a Substrate node and how patient to be.</summary>
public class SubstrateOptions
{
    /// <summary>WebSocket addresses (ws or wss) in order of preference. A failing one gives way to the next; after the last comes the first.</summary>
    public IReadOnlyList<Uri> Endpoints { get; set; } = [];

    /// <summary>The chain's genesis hash. An endpoint with another one is never used. Null accepts any chain.</summary>
    public BlockHash? ExpectedGenesis { get; set; }

    /// <summary>Time for the TCP, TLS and WebSocket handshakes together. Default 10 s.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Time for one answer. When it passes the connection is given up and the next endpoint asked. Default 8 s: with the pause and the
    /// handshake after it a lost answer is made good within a block of 12 s. It doubles with each answer missed in a row, up to
    /// <see cref="LongestRequestTimeout"/>; a read is then sent again after each such time, for a node that has come back.
    /// </summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>The same for the metadata, which is large (about 700 kB) and read once per runtime. Default 30 s.</summary>
    public TimeSpan LargeReplyTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Where the time for one answer stops growing. Default 60 s.</summary>
    public TimeSpan LongestRequestTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a call waits for a connection while there is none. Default 30 s.</summary>
    public TimeSpan OfflineTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>An endpoint without a new head for so long is stale and is left. Default 60 s (five blocks).</summary>
    public TimeSpan HeadTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Least time from one connection attempt to the next; doubles with each further one, give or take a fifth, and is the pause after a
    /// failure in any case. Default 0.5 s.
    /// </summary>
    public TimeSpan FirstBackoff { get; set; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Longest time between connection attempts. Default 8 s, below a block: a node that returns is used again within one.</summary>
    public TimeSpan LongestBackoff { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>Longest message accepted from the node, in bytes. Default 16 MiB.</summary>
    public int MaximumMessageBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>
    /// Blocks an extrinsic stays valid: a power of two from 4 to 2048. Default 32. A short one lets a lost transaction expire before
    /// the serving rate limit (50 blocks) would let the next one in.
    /// </summary>
    public int EraPeriod { get; set; } = 32;

    /// <summary>True to report an extrinsic only when its block is final; false (default) as soon as it is in a block.</summary>
    public bool WaitForFinalization { get; set; }
}
