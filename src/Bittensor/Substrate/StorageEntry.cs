using System.Collections.Immutable;

namespace Bittensor.Substrate;

/// <summary>A storage item of a pallet.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsOptional">True when a missing value means "none"; false when it means <paramref name="Default"/>.</param>
/// <param name="Hashers">One per map key; empty for a plain value.</param>
/// <param name="Key">Type of the map key, a tuple when there are several hashers; null for a plain value.</param>
/// <param name="Value">Type of the value.</param>
/// <param name="Default">SCALE bytes of the default value.</param>
public sealed record StorageEntry(
    string Name, bool IsOptional, ImmutableArray<StorageHasher> Hashers, uint? Key, uint Value, ImmutableArray<byte> Default);
