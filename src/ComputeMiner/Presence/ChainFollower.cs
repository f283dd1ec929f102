using Bittensor.Substrate;
using Bittensor.Subtensor;

namespace ComputeMiner.Presence;

/// <summary>
/// Follows the chain's heads and starts what is due at each. A job still busy with an earlier head is left alone, so that a slow one
/// neither piles up nor delays another.
/// </summary>
sealed partial class ChainFollower(SubtensorClient chain, MetagraphRefresher metagraph, AxonAnnouncer axon, ILogger<ChainFollower> logger)
    : BackgroundService
{
    volatile BlockHeader? _head;

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
        Task refreshing = Task.CompletedTask, announcing = Task.CompletedTask;
        await foreach (var head in chain.HeadsAsync(cancellation))
        {
            _head = head;
            Log.NewHead(logger, head.Number);
            if (refreshing.IsCompleted)
            {
                await refreshing;
                refreshing = metagraph.RefreshAsync(cancellation);
            }
            if (announcing.IsCompleted)
            {
                await announcing;
                announcing = AnnounceAsync(refreshing, head.Number, cancellation);
            }
        }
    }

    /// <summary>After the metagraph, which shows at once when our place was lost or changed.</summary>
    async Task AnnounceAsync(Task refreshing, ulong block, CancellationToken cancellation)
    {
        await refreshing;
        await axon.OnHeadAsync(block, cancellation);
    }

    static partial class Log
    {
        [LoggerMessage(4101, LogLevel.Debug, "Head {Number}")]
        public static partial void NewHead(ILogger logger, ulong number);
    }
}
