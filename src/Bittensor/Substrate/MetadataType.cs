using System.Collections.Immutable;

namespace Bittensor.Substrate;

/// <summary>A type of the runtime.</summary>
/// <param name="Id">Its number; other types refer to it by this.</param>
/// <param name="Path">Module path and name, for example <c>sp_core, crypto, AccountId32</c>; empty for nameless types.</param>
/// <param name="Parameters">Its generic parameters: the field's name is the parameter's.</param>
/// <param name="Definition">Its layout.</param>
public sealed record MetadataType(uint Id, ImmutableArray<string> Path, ImmutableArray<TypeField> Parameters, TypeDefinition Definition)
{
    /// <summary>The last part of the path, or an empty string.</summary>
    public string Name => Path.Length == 0 ? "" : Path[^1];
}
