using System.Net;
using Bittensor.Keys;
using Bittensor.Subtensor;
using ComputeMiner.Admission;
using ComputeMiner.Presence;

namespace ComputeMiner.Dashboard;

/// <summary>Our place on chain as the status shows it, with the age of what it is known from.</summary>
sealed class ChainStatusSource(
    Hotkey hotkey, MetagraphSource metagraphs, ChainFollower follower, AxonAnnouncer announcer, TimeProvider time)
{
    /// <summary>Refreshed with each head, every 12 s; older than this, the chain has been away for a while.</summary>
    public static readonly TimeSpan StaleAfter = TimeSpan.FromMinutes(10);

    public ChainStatus Read()
    {
        var metagraph = metagraphs.Current;
        var presence = announcer.Current;
        Neuron? self = null;
        metagraph?.TryGetNeuron(hotkey, out self);
        return new ChainStatus(
            follower.Head?.Number,
            metagraph is null ? null : (time.GetUtcNow() - metagraph.FetchedAt).TotalSeconds,
            metagraph?.Neurons.Length ?? 0,
            self?.Uid.Value ?? presence.Uid?.Value,
            self?.Stake,
            presence.Published is { IsServing: true } axon ? new IPEndPoint(axon.Ip, axon.Port).ToString() : null,
            presence.Detail);
    }

    public static ComponentStatus Metagraph(ChainStatus chain) => new(
        "Metagraph", chain.MetagraphAgeSeconds <= StaleAfter.TotalSeconds, chain.MetagraphAgeSeconds is { } age ? $"{age:0} s old" : "not read yet");
}
