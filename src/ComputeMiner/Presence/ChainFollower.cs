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
        Task refreshing = Task.CompletedTask, announcing = Task.CompletedTask;
        await foreach (var head in chain.HeadsAsync(stoppingToken))
        {
            _head = head;
            Log.NewHead(logger, head.Number);
            if (refreshing.IsCompleted)
            {
                await refreshing;
                refreshing = metagraph.RefreshAsync(stoppingToken);
            }
            if (announcing.IsCompleted)
            {
                await announcing;
                announcing = axon.OnHeadAsync(head.Number, stoppingToken);
            }
        }
    }

    static partial class Log
    {
        [LoggerMessage(4101, LogLevel.Debug, "Head {Number}")]
        public static partial void NewHead(ILogger logger, ulong number);
    }
}
