using Bittensor.Subtensor;

namespace ComputeMiner.Presence;

/// <summary>What is known of our axon on chain.</summary>
/// <param name="Stage">How far publishing is.</param>
/// <param name="Detail">The same for a person: what is the case and what happens next.</param>
/// <param name="Uid">Our number on the subnet; null when not registered or not known yet.</param>
/// <param name="Published">The entry the chain holds; null when never served or not known yet.</param>
/// <param name="NextBlock">The block at which it is looked at again.</param>
/// <param name="CheckedBlock">The block at which the chain was asked last; 0 for never.</param>
sealed record AxonPresence(
    AxonStage Stage, string Detail, Uid? Uid = null, AxonInfo? Published = null, ulong NextBlock = 0, ulong CheckedBlock = 0);

/// <summary>How far publishing the axon is.</summary>
enum AxonStage
{
    Unknown,
    NotRegistered,
    Waiting,
    Failing,
    Published,
}
