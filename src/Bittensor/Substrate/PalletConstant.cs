using System.Collections.Immutable;

namespace Bittensor.Substrate;

/// <summary>A constant of a pallet.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Value">Its SCALE bytes.</param>
public sealed record PalletConstant(string Name, uint Type, ImmutableArray<byte> Value);
