using System.Collections.Immutable;

namespace Bittensor.Substrate;

/// <summary>A case of an enum.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Index">Its byte on the wire, which need not be its position.</param>
/// <param name="Fields">Its fields in order.</param>
/// <param name="Docs">Documentation; kept for errors only, empty elsewhere.</param>
public sealed record TypeVariant(string Name, byte Index, ImmutableArray<TypeField> Fields, string Docs);
