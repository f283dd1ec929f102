using System.Collections.Immutable;

namespace Bittensor.Substrate;

/// <summary>Bounds on the encoded size of a type: what a count can be checked against before anything is allocated.</summary>
/// <param name="Minimum">No value is shorter.</param>
/// <param name="IsZero">Every value is empty. Not claimed where it could not be proved.</param>
readonly record struct TypeSize(int Minimum, bool IsZero)
{
    // Types form graphs with cycles, and a hostile one may take any number of rounds; what is not proved by then counts as not empty.
    const int Rounds = 24;
    const int LargestMinimum = 1 << 20;

    public static Dictionary<uint, TypeSize> Compute(IReadOnlyCollection<MetadataType> types)
    {
        var sizes = new Dictionary<uint, TypeSize>(types.Count);
        foreach (var type in types)
            sizes[type.Id] = default;
        for (var round = 0; round < Rounds; round++)
        {
            var changed = false;
            foreach (var type in types)
            {
                var size = Measure(type.Definition, sizes);
                changed |= size != sizes[type.Id];
                sizes[type.Id] = size;
            }
            if (!changed)
                break;
        }
        return sizes;
    }

    static TypeSize Measure(TypeDefinition definition, Dictionary<uint, TypeSize> sizes) => definition switch
    {
        TypeDefinition.Composite composite => Sum(composite.Fields, sizes),
        TypeDefinition.Variant variant => Smallest(variant, sizes),
        TypeDefinition.Sequence or TypeDefinition.BitSequence => new TypeSize(1, false),
        TypeDefinition.Array array => new TypeSize(
            (int)Math.Min((long)array.Length * sizes[array.Element].Minimum, LargestMinimum), array.Length == 0 || sizes[array.Element].IsZero),
        TypeDefinition.Tuple tuple => Sum(tuple.Elements, sizes),
        TypeDefinition.Primitive primitive => new TypeSize(WidthOf(primitive.Kind) ?? 1, false),
        // Compact<()> is zero bytes; every other compact takes at least one.
        TypeDefinition.Compact compact => sizes[compact.Inner].IsZero ? new TypeSize(0, true) : new TypeSize(1, false),
        _ => default,
    };

    /// <summary>Bytes of a fixed-width primitive; null for a string.</summary>
    public static int? WidthOf(PrimitiveKind kind) => kind switch
    {
        PrimitiveKind.Bool or PrimitiveKind.U8 or PrimitiveKind.I8 => 1,
        PrimitiveKind.U16 or PrimitiveKind.I16 => 2,
        PrimitiveKind.Char or PrimitiveKind.U32 or PrimitiveKind.I32 => 4,
        PrimitiveKind.U64 or PrimitiveKind.I64 => 8,
        PrimitiveKind.U128 or PrimitiveKind.I128 => 16,
        PrimitiveKind.U256 or PrimitiveKind.I256 => 32,
        _ => null,
    };

    static TypeSize Smallest(TypeDefinition.Variant variant, Dictionary<uint, TypeSize> sizes)
    {
        var smallest = LargestMinimum;
        foreach (var item in variant.Variants)
            smallest = Math.Min(smallest, 1 + Sum(item.Fields, sizes).Minimum);
        return new TypeSize(variant.Variants.IsEmpty ? 1 : smallest, false);
    }

    static TypeSize Sum(ImmutableArray<TypeField> fields, Dictionary<uint, TypeSize> sizes)
    {
        var sum = new TypeSize(0, true);
        foreach (var field in fields)
            sum = sum.Plus(sizes[field.Type]);
        return sum;
    }

    static TypeSize Sum(ImmutableArray<uint> elements, Dictionary<uint, TypeSize> sizes)
    {
        var sum = new TypeSize(0, true);
        foreach (var element in elements)
            sum = sum.Plus(sizes[element]);
        return sum;
    }

    TypeSize Plus(TypeSize other) => new(Math.Min(Minimum + other.Minimum, LargestMinimum), IsZero && other.IsZero);
}
