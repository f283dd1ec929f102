using Bittensor.Substrate;
using Bittensor.Subtensor;

namespace ComputeMiner.Presence;

/// <summary>Follows the chain's heads; what is done at them is the schedule's.</summary>
sealed partial class ChainFollower(SubtensorClient chain, ILogger<ChainFollower> logger) : BackgroundService
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
        await foreach (var head in chain.HeadsAsync(cancellation))
        {
            _head = head;
            Log.NewHead(logger, head.Number);
            HeadSeen?.Invoke(head.Number);
        }
    }

    static partial class Log
    {
        [LoggerMessage(4101, LogLevel.Debug, "Head {Number}")]
        public static partial void NewHead(ILogger logger, ulong number);
    }
}
