using System.Collections.Immutable;
using Bittensor.Substrate;

namespace Bittensor.Tests.Substrate;

/// <summary>Registries and values of them, drawn from a seed.</summary>
sealed class RandomTypes(int seed)
{
    readonly Random _random = new(seed);

    /// <summary>Types that refer to earlier ones only, the last of them last; no value of them is endless.</summary>
    public TypeRegistry Registry()
    {
        var types = new List<MetadataType>();
        for (uint id = 0; id < 3 + _random.Next(20); id++)
            types.Add(new MetadataType(id, [], [], id == 0 ? new TypeDefinition.Primitive(PrimitiveKind.U8) : Definition(id)));
        return new TypeRegistry(types);
    }

    /// <summary>A value of a type; compacts hold what their inner type can.</summary>
    public ScaleValue Value(TypeRegistry types, uint type) => types[type].Definition switch
    {
        TypeDefinition.Composite composite => Fields(types, composite.Fields),
        TypeDefinition.Variant variant when variant.Variants[_random.Next(variant.Variants.Length)] is var item =>
            new ScaleValue.Variant(item.Name, item.Index, Fields(types, item.Fields)),
        TypeDefinition.Sequence sequence => Items(types, sequence.Element, _random.Next(4)),
        TypeDefinition.Array array => Items(types, array.Element, (int)array.Length),
        TypeDefinition.Tuple tuple => new ScaleValue.Composite(
            [.. tuple.Elements.Select(_ => (string?)null)], [.. tuple.Elements.Select(element => Value(types, element))]),
        TypeDefinition.Compact => new ScaleValue.Number((UInt128)_random.Next(256)),
        TypeDefinition.Primitive primitive => Primitive(primitive.Kind),
        var other => throw new InvalidOperationException(other.ToString()),
    };

    TypeDefinition Definition(uint id) => _random.Next(7) switch
    {
        0 => new TypeDefinition.Composite([.. Enumerable.Range(0, _random.Next(4)).Select(index => new TypeField($"f{index}", Earlier(id)))]),
        1 => new TypeDefinition.Variant([.. Enumerable.Range(0, 1 + _random.Next(3)).Select(index =>
            new TypeVariant($"c{index}", (byte)(index * 3), [.. Enumerable.Range(0, _random.Next(3)).Select(_ => new TypeField(null, Earlier(id)))], ""))]),
        2 => new TypeDefinition.Sequence(Earlier(id)),
        3 => new TypeDefinition.Array((uint)_random.Next(4), Earlier(id)),
        4 => new TypeDefinition.Tuple([.. Enumerable.Range(0, _random.Next(3)).Select(_ => Earlier(id))]),
        5 => new TypeDefinition.Compact(0),
        _ => new TypeDefinition.Primitive((PrimitiveKind)_random.Next(15)),
    };

    uint Earlier(uint id) => (uint)_random.Next((int)id);

    ScaleValue.Composite Fields(TypeRegistry types, ImmutableArray<TypeField> fields) =>
        new([.. fields.Select(field => field.Name)], [.. fields.Select(field => Value(types, field.Type))]);

    ScaleValue Items(TypeRegistry types, uint element, int count) => types[element].Definition is TypeDefinition.Primitive { Kind: PrimitiveKind.U8 }
        ? new ScaleValue.Bytes([.. Random(count)])
        : new ScaleValue.Sequence([.. Enumerable.Range(0, count).Select(_ => Value(types, element))]);

    ScaleValue Primitive(PrimitiveKind kind) => kind switch
    {
        PrimitiveKind.Bool => new ScaleValue.Boolean(_random.Next(2) == 1),
        PrimitiveKind.Char => new ScaleValue.Number('x'),
        PrimitiveKind.String => new ScaleValue.Text($"text {_random.Next()}"),
        PrimitiveKind.U256 or PrimitiveKind.I256 => new ScaleValue.Bytes([.. Random(32)]),
        < PrimitiveKind.U256 => new ScaleValue.Number((UInt128)_random.Next(256)),
        _ => new ScaleValue.SignedNumber(_random.Next(256) - 128),
    };

    byte[] Random(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }
}
