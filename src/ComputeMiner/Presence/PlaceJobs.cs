using ComputeMiner.Schedule;

namespace ComputeMiner.Presence;

/// <summary>What keeps our place on chain, at every head: the metagraph, then the axon entry, for which the metagraph shows what is due.</summary>
static class PlaceJobs
{
    public const string Metagraph = "metagraph";
    public const string AxonEntry = "axon entry";

    static readonly TimeSpan MetagraphPatience = TimeSpan.FromMinutes(1);

    /// <summary>A signed call waits for its block, and for the finality of that one when the node is slow to tell.</summary>
    static readonly TimeSpan AxonPatience = TimeSpan.FromMinutes(5);

    public static BlockJob Of(MetagraphRefresher metagraph, AxonAnnouncer axon) => new(Metagraph, 1, MetagraphPatience, async (_, cancellation) =>
        await metagraph.RefreshAsync(cancellation) is { } fault ? throw new JobFailedException(fault) : metagraph.Detail)
    {
        TellsItself = true,
        Then = new BlockJob(AxonEntry, 1, AxonPatience, async (block, cancellation) =>
        {
            await axon.OnHeadAsync(block, cancellation);
            var presence = axon.Current;
            return presence.Stage is AxonStage.Failing or AxonStage.NotRegistered ? throw new JobFailedException(presence.Detail) : presence.Detail;
        })
        {
            TellsItself = true,
        },
    };
}
