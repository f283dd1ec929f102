using System.Threading.Channels;
using Bittensor.Substrate;
using Bittensor.Subtensor;

namespace ComputeMiner.Presence;

/// <summary>
/// Follows the chain's heads and does what is due at each. A job that is still busy with an earlier head goes on to the newest one when it
/// is done: a slow one neither piles up nor misses the last.
/// </summary>
sealed partial class ChainFollower(SubtensorClient chain, MetagraphRefresher metagraph, AxonAnnouncer axon, ILogger<ChainFollower> logger)
    : BackgroundService
{
    volatile BlockHeader? _head;

    /// <summary>Told each head as it comes; must return at once.</summary>
    public event Action<ulong>? HeadSeen;

    /// <summary>The newest head seen; null before the first.</summary>
    public BlockHeader? Head => _head;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await FollowAsync(stoppingToken);
                return;
            }
            catch (SubstrateException)
            {
                // No first connection yet: the client keeps trying and says why in the log.
            }
        }
    }

    async Task FollowAsync(CancellationToken cancellation)
    {
        var (unread, unannounced) = (NewestOnly(), NewestOnly());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task[] parts =
        [
            ListenAsync(unread.Writer, stop.Token), RefreshAsync(unread.Reader, unannounced.Writer, stop.Token), AnnounceAsync(unannounced.Reader, stop.Token),
        ];
        try
        {
            await await Task.WhenAny(parts);
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(parts).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    async Task ListenAsync(ChannelWriter<ulong> unread, CancellationToken cancellation)
    {
        await foreach (var head in chain.HeadsAsync(cancellation))
        {
            _head = head;
            Log.NewHead(logger, head.Number);
            unread.TryWrite(head.Number);
            HeadSeen?.Invoke(head.Number);
        }
    }

    async Task RefreshAsync(ChannelReader<ulong> unread, ChannelWriter<ulong> unannounced, CancellationToken cancellation)
    {
        await foreach (var block in unread.ReadAllAsync(cancellation))
        {
            await metagraph.RefreshAsync(cancellation);
            unannounced.TryWrite(block);
        }
    }

    /// <summary>After the metagraph, which shows at once when our place was lost or changed.</summary>
    async Task AnnounceAsync(ChannelReader<ulong> unannounced, CancellationToken cancellation)
    {
        await foreach (var block in unannounced.ReadAllAsync(cancellation))
            await axon.OnHeadAsync(block, cancellation);
    }

    static Channel<ulong> NewestOnly() => Channel.CreateBounded<ulong>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });

    static partial class Log
    {
        [LoggerMessage(4101, LogLevel.Debug, "Head {Number}")]
        public static partial void NewHead(ILogger logger, ulong number);
    }
}
