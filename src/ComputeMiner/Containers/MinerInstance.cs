using Bittensor.Keys;

namespace ComputeMiner.Containers;

/// <summary>
/// Tells the objects of one miner from those of another on the same Docker Engine: by the hotkey, which outlives the state directory,
/// so that a miner that lost its state still knows its renter's container.
/// </summary>
static class MinerInstance
{
    /// <summary>Characters of the hotkey's address that name the instance.</summary>
    const int Length = 16;

    public static string Of(Hotkey hotkey) => hotkey.ToString()[..Length];
}
