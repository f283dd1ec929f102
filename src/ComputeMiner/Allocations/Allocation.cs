using Bittensor.Keys;

namespace ComputeMiner.Allocations;

/// <summary>One hold of the machine. Immutable; a step makes a new one.</summary>
/// <param name="Id">16 hex digits, also on the container's label.</param>
/// <param name="Kind">Rental or test.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Owner">Fingerprint of the renter's public key.</param>
/// <param name="Hotkey">Who allocated.</param>
/// <param name="Started">When it was promised.</param>
/// <param name="Expires">When it ends by itself.</param>
/// <param name="ContainerId">Its container, once there is one.</param>
sealed record Allocation(
    string Id,
    AllocationKind Kind,
    AllocationState State,
    string Owner,
    Hotkey Hotkey,
    DateTimeOffset Started,
    DateTimeOffset Expires,
    string? ContainerId)
{
    /// <summary>A renter may be at work in it.</summary>
    public bool IsAlive => State is AllocationState.Running or AllocationState.Paused;
}
