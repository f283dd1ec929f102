using System.Collections.Immutable;
using Bittensor.Scale;

namespace Bittensor.Substrate;

/// <summary>Steps over values that nobody asked for, without building them.</summary>
static class ScaleSkipper
{
    public static void Skip(TypeRegistry types, uint type, ref ScaleReader reader)
    {
        var budget = new DecodeBudget(reader.Remaining);
        Skip(types, type, ref reader, ref budget);
    }

    static void Skip(TypeRegistry types, uint type, ref ScaleReader reader, ref DecodeBudget budget)
    {
        budget.Enter();
        switch (types[type].Definition)
        {
            case TypeDefinition.Composite composite:
                SkipFields(types, composite.Fields, ref reader, ref budget);
                break;
            case TypeDefinition.Variant variant:
                SkipFields(types, ScaleDecoder.FindCase(variant, ref reader).Fields, ref reader, ref budget);
                break;
            case TypeDefinition.Sequence sequence:
                SkipItems(types, sequence.Element, reader.ReadLength(types.MinimumSize(sequence.Element)), ref reader, ref budget);
                break;
            case TypeDefinition.Array array:
                var count = ScaleDecoder.CheckCount(array.Length, types.MinimumSize(array.Element), reader.Remaining);
                SkipItems(types, array.Element, count, ref reader, ref budget);
                break;
            case TypeDefinition.Tuple tuple:
                foreach (var element in tuple.Elements)
                    Skip(types, element, ref reader, ref budget);
                break;
            case TypeDefinition.Primitive primitive:
                reader.ReadBytes(TypeSize.WidthOf(primitive.Kind) ?? reader.ReadLength(1));
                break;
            case TypeDefinition.Compact compact:
                if (!types.IsZeroSized(compact.Inner))
                    reader.ReadCompact();
                break;
            case TypeDefinition.BitSequence bits:
                ScaleDecoder.ReadBits(types, bits, ref reader);
                break;
        }
        budget.Leave();
    }

    static void SkipFields(TypeRegistry types, ImmutableArray<TypeField> fields, ref ScaleReader reader, ref DecodeBudget budget)
    {
        foreach (var field in fields)
            Skip(types, field.Type, ref reader, ref budget);
    }

    static void SkipItems(TypeRegistry types, uint element, int count, ref ScaleReader reader, ref DecodeBudget budget)
    {
        if (types[element].Definition is TypeDefinition.Primitive { Kind: not PrimitiveKind.String } primitive)
        {
            reader.ReadBytes((int)((long)count * TypeSize.WidthOf(primitive.Kind)!.Value));
            return;
        }
        for (var i = 0; i < count; i++)
            Skip(types, element, ref reader, ref budget);
    }
}
