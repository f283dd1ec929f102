using System.Collections.Immutable;
using Bittensor.Scale;

namespace Bittensor.Substrate;

/// <summary>
/// What a runtime says of itself: types, pallets, extrinsic format and runtime APIs. Reads the formats V14, V15 and V16. Everything
/// in it is looked up by name, because indices move with runtime upgrades.
/// </summary>
/// <remarks>Source: paritytech/frame-metadata, v14.rs, v15.rs and v16.rs.</remarks>
public sealed class RuntimeMetadata
{
    readonly ImmutableDictionary<string, PalletMetadata> _byName;

    internal RuntimeMetadata(
        byte version, TypeRegistry types, ImmutableArray<PalletMetadata> pallets, ExtrinsicFormat extrinsic, ImmutableDictionary<string, RuntimeApi> apis)
    {
        (Version, Types, Pallets, Extrinsic, Apis) = (version, types, pallets, extrinsic, apis);
        var byName = ImmutableDictionary.CreateBuilder<string, PalletMetadata>(StringComparer.Ordinal);
        foreach (var pallet in pallets)
        {
            if (!byName.TryAdd(pallet.Name, pallet))
                throw new ScaleException($"Pallet {pallet.Name} is defined twice.");
        }
        _byName = byName.ToImmutable();
    }

    /// <summary>14, 15 or 16.</summary>
    public byte Version { get; }

    /// <summary>The runtime's types.</summary>
    public TypeRegistry Types { get; }

    /// <summary>The pallets in metadata order.</summary>
    public ImmutableArray<PalletMetadata> Pallets { get; }

    /// <summary>What the runtime expects of extrinsics.</summary>
    public ExtrinsicFormat Extrinsic { get; }

    /// <summary>The runtime APIs by name; empty in V14, which does not list them.</summary>
    public ImmutableDictionary<string, RuntimeApi> Apis { get; }

    /// <summary>Reads metadata: the magic <c>meta</c>, a version byte, and the body to its last byte.</summary>
    /// <exception cref="ScaleException">Malformed, or a format other than V14, V15 and V16.</exception>
    public static RuntimeMetadata Parse(ReadOnlySpan<byte> metadata) => MetadataReader.Read(metadata);

    /// <summary>The pallet of that name.</summary>
    /// <exception cref="ScaleException">The runtime has none.</exception>
    public PalletMetadata Pallet(string name) =>
        _byName.TryGetValue(name, out var pallet) ? pallet : throw new ScaleException($"The runtime has no pallet {name}.");

    /// <summary>The pallet with that index byte, or null.</summary>
    public PalletMetadata? FindPallet(byte index)
    {
        foreach (var pallet in Pallets)
        {
            if (pallet.Index == index)
                return pallet;
        }
        return null;
    }

    /// <summary>The storage item of that name.</summary>
    /// <exception cref="ScaleException">The runtime has none.</exception>
    public StorageEntry StorageEntry(string pallet, string item) => Pallet(pallet).Storage.TryGetValue(item, out var entry)
        ? entry
        : throw new ScaleException($"The runtime's pallet {pallet} has no storage item {item}.");

    /// <summary>The runtime API function of that name, or null when the runtime has none or its metadata is V14.</summary>
    public RuntimeApiMethod? FindMethod(string api, string method) =>
        Apis.TryGetValue(api, out var found) && found.Methods.TryGetValue(method, out var function) ? function : null;

    /// <summary>The enum cases of a pallet's calls, events or errors; empty for null.</summary>
    /// <exception cref="ScaleException">The type is no enum.</exception>
    public TypeDefinition.Variant Cases(uint? type) => type is not { } id
        ? new TypeDefinition.Variant([])
        : Types[id].Definition as TypeDefinition.Variant ?? throw new ScaleException($"Type {id} is expected to be an enum.");
}
