using System.Collections.Immutable;

namespace Bittensor.Substrate;

/// <summary>How values of a type are laid out. Numbers in here are ids in the <see cref="TypeRegistry"/>.</summary>
public abstract record TypeDefinition
{
    /// <summary>A struct: its fields in order.</summary>
    public sealed record Composite(ImmutableArray<TypeField> Fields) : TypeDefinition;

    /// <summary>An enum: an index byte, then the fields of that case.</summary>
    public sealed record Variant(ImmutableArray<TypeVariant> Variants) : TypeDefinition
    {
        /// <summary>The case with that index byte, or null.</summary>
        public TypeVariant? Find(byte index)
        {
            // Cases usually stand at their own index.
            if (index < Variants.Length && Variants[index].Index == index)
                return Variants[index];
            foreach (var variant in Variants)
            {
                if (variant.Index == index)
                    return variant;
            }
            return null;
        }

        /// <summary>The case of that name, or null.</summary>
        public TypeVariant? Find(string name)
        {
            foreach (var variant in Variants)
            {
                if (variant.Name == name)
                    return variant;
            }
            return null;
        }
    }

    /// <summary>A compact element count, then the elements.</summary>
    public sealed record Sequence(uint Element) : TypeDefinition;

    /// <summary>A fixed number of elements without a count.</summary>
    public sealed record Array(uint Length, uint Element) : TypeDefinition;

    /// <summary>Elements of different types in order.</summary>
    public sealed record Tuple(ImmutableArray<uint> Elements) : TypeDefinition;

    /// <summary>A primitive.</summary>
    public sealed record Primitive(PrimitiveKind Kind) : TypeDefinition;

    /// <summary>The compact form of an unsigned integer, or of a wrapper around one.</summary>
    public sealed record Compact(uint Inner) : TypeDefinition;

    /// <summary>A compact bit count, then the bits in words of the store type.</summary>
    public sealed record BitSequence(uint Store, uint Order) : TypeDefinition;
}
