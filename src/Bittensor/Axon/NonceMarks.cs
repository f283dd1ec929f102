using System.Collections.Immutable;
using Bittensor.Keys;

namespace Bittensor.Axon;

/// <summary>What a restarted axon must know of the nonces that earlier runs accepted.</summary>
/// <param name="Clock">
/// The axon's clock when this was written, in nanoseconds since 1970: every accepted nonce that was not in the future then is at or below
/// it.
/// </param>
/// <param name="Ahead">
/// Hotkeys that were let in with a nonce ahead of the axon's clock, each with a bound that none of its accepted nonces exceeds.
/// </param>
sealed record NonceMarks(long Clock, ImmutableDictionary<Hotkey, long> Ahead)
{
    public static NonceMarks None { get; } = new(long.MinValue, ImmutableDictionary<Hotkey, long>.Empty);
}
