using Bittensor.Compute;
using Bittensor.Keys;
using ComputeMiner.Containers;

namespace ComputeMiner.Allocations;

/// <summary>A valid wish for the machine; whether it is granted depends on who holds it.</summary>
/// <param name="Kind">Rental or test.</param>
/// <param name="Days">Wished length of a rental, above 0.</param>
/// <param name="Key">The renter's key.</param>
/// <param name="Caller">The verified hotkey that asks.</param>
/// <param name="UserKey">An SSH key to let in beside the password.</param>
sealed record AllocationRequest(AllocationKind Kind, int Days, SealingKey Key, Hotkey Caller, SshPublicKey? UserKey);
