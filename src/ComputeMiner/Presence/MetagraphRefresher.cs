using Bittensor.Substrate;
using Bittensor.Subtensor;
using ComputeMiner.Admission;

namespace ComputeMiner.Presence;

/// <summary>Puts a fresh metagraph into the <see cref="MetagraphSource"/>. A failed read leaves the last good one in place.</summary>
sealed partial class MetagraphRefresher(SubtensorClient chain, Netuid netuid, MetagraphSource source, ILogger<MetagraphRefresher> logger)
{
    bool _failing;

    /// <summary>What is known, for an operator.</summary>
    public string Detail => source.Current is { } metagraph ? $"{metagraph.Neurons.Length} neurons at block {metagraph.Block}" : "not read yet";

    /// <returns>Why it could not be read; null when it was.</returns>
    public async Task<string?> RefreshAsync(CancellationToken cancellation)
    {
        try
        {
            source.Current = await chain.GetMetagraphAsync(netuid, cancellation);
            if (_failing)
                Log.Recovered(logger, netuid.Value);
            _failing = false;
            return null;
        }
        catch (SubstrateException e)
        {
            // One line when it begins, not one per block: the age of the last good metagraph stands in the status.
            if (!_failing)
                Log.Failed(logger, netuid.Value, e.Message);
            _failing = true;
            return e.Message;
        }
    }

    static partial class Log
    {
        [LoggerMessage(4120, LogLevel.Warning, "The metagraph of subnet {Netuid} could not be read, the last good one stays in use: {Reason}")]
        public static partial void Failed(ILogger logger, ushort netuid, string reason);

        [LoggerMessage(4121, LogLevel.Information, "The metagraph of subnet {Netuid} is fresh again")]
        public static partial void Recovered(ILogger logger, ushort netuid);
    }
}
