using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using Bittensor.Scale;

namespace Bittensor.Substrate;

/// <summary>Reads values whose layout only the metadata knows. Never reads past the input and never does more work than it justifies.</summary>
static class ScaleDecoder
{
    /// <summary>Reads one value that fills <paramref name="data"/>; bytes after it are allowed when <paramref name="allowRest"/> is set.</summary>
    public static ScaleValue Decode(TypeRegistry types, uint type, ReadOnlySpan<byte> data, bool allowRest = false)
    {
        var reader = new ScaleReader(data);
        var value = Read(types, type, ref reader);
        if (!allowRest)
            reader.EnsureEnd();
        return value;
    }

    /// <summary>Reads the next value.</summary>
    public static ScaleValue Read(TypeRegistry types, uint type, ref ScaleReader reader)
    {
        var budget = new DecodeBudget(reader.Remaining);
        return Read(types, type, ref reader, ref budget);
    }

    static ScaleValue Read(TypeRegistry types, uint type, ref ScaleReader reader, ref DecodeBudget budget)
    {
        budget.Enter();
        var value = types[type].Definition switch
        {
            TypeDefinition.Composite composite => ReadFields(types, composite.Fields, ref reader, ref budget),
            TypeDefinition.Variant variant => ReadVariant(types, variant, ref reader, ref budget),
            TypeDefinition.Sequence sequence => ReadItems(types, sequence.Element, null, ref reader, ref budget),
            TypeDefinition.Array array => ReadItems(types, array.Element, array.Length, ref reader, ref budget),
            TypeDefinition.Tuple tuple => ReadTuple(types, tuple, ref reader, ref budget),
            TypeDefinition.Primitive primitive => ReadPrimitive(primitive.Kind, ref reader),
            TypeDefinition.Compact compact => types.IsZeroSized(compact.Inner)
                ? new ScaleValue.Composite([], [])
                : new ScaleValue.Number(reader.ReadCompact()),
            TypeDefinition.BitSequence bits => new ScaleValue.Bytes([.. ReadBits(types, bits, ref reader)]),
            var other => throw new ScaleException($"Type {type} has the unknown layout {other.GetType().Name}."),
        };
        budget.Leave();
        return value;
    }

    static ScaleValue.Composite ReadFields(TypeRegistry types, ImmutableArray<TypeField> fields, ref ScaleReader reader, ref DecodeBudget budget)
    {
        var names = new string?[fields.Length];
        var values = new ScaleValue[fields.Length];
        for (var i = 0; i < fields.Length; i++)
            (names[i], values[i]) = (fields[i].Name, Read(types, fields[i].Type, ref reader, ref budget));
        return new ScaleValue.Composite([.. names], [.. values]);
    }

    static ScaleValue.Composite ReadTuple(TypeRegistry types, TypeDefinition.Tuple tuple, ref ScaleReader reader, ref DecodeBudget budget)
    {
        var values = new ScaleValue[tuple.Elements.Length];
        for (var i = 0; i < values.Length; i++)
            values[i] = Read(types, tuple.Elements[i], ref reader, ref budget);
        return new ScaleValue.Composite([.. new string?[values.Length]], [.. values]);
    }

    static ScaleValue.Variant ReadVariant(TypeRegistry types, TypeDefinition.Variant variant, ref ScaleReader reader, ref DecodeBudget budget)
    {
        var item = FindCase(variant, ref reader);
        return new ScaleValue.Variant(item.Name, item.Index, ReadFields(types, item.Fields, ref reader, ref budget));
    }

    /// <summary>Reads the index byte of an enum.</summary>
    public static TypeVariant FindCase(TypeDefinition.Variant variant, ref ScaleReader reader)
    {
        var index = reader.ReadByte();
        return variant.Find(index) ?? throw new ScaleException($"The enum has no case {index} (offset {reader.Position - 1}).");
    }

    static ScaleValue ReadItems(TypeRegistry types, uint element, uint? fixedCount, ref ScaleReader reader, ref DecodeBudget budget)
    {
        var minimum = types.MinimumSize(element);
        var count = fixedCount is { } length ? CheckCount(length, minimum, reader.Remaining) : reader.ReadLength(minimum);
        if (types[element].Definition is TypeDefinition.Primitive { Kind: PrimitiveKind.U8 })
            return new ScaleValue.Bytes([.. reader.ReadBytes(count)]);
        // Not sized ahead: the count of elements that take no bytes is bounded by the budget only.
        var items = ImmutableArray.CreateBuilder<ScaleValue>();
        for (var i = 0; i < count; i++)
            items.Add(Read(types, element, ref reader, ref budget));
        return new ScaleValue.Sequence(items.DrainToImmutable());
    }

    /// <summary>Checks an array's length against the bytes left, as the reader does for a sequence.</summary>
    public static int CheckCount(uint count, int minimum, int remaining) =>
        count > int.MaxValue || (long)count * minimum > remaining
            ? throw new ScaleException($"An array of {count} elements does not fit the {remaining} bytes left.")
            : (int)count;

    static ScaleValue ReadPrimitive(PrimitiveKind kind, ref ScaleReader reader) => kind switch
    {
        PrimitiveKind.Bool => new ScaleValue.Boolean(reader.ReadBool()),
        PrimitiveKind.Char => new ScaleValue.Number(ReadCharacter(ref reader)),
        PrimitiveKind.String => new ScaleValue.Text(reader.ReadString()),
        PrimitiveKind.U8 => new ScaleValue.Number(reader.ReadByte()),
        PrimitiveKind.U16 => new ScaleValue.Number(reader.ReadUInt16()),
        PrimitiveKind.U32 => new ScaleValue.Number(reader.ReadUInt32()),
        PrimitiveKind.U64 => new ScaleValue.Number(reader.ReadUInt64()),
        PrimitiveKind.U128 => new ScaleValue.Number(reader.ReadUInt128()),
        PrimitiveKind.I8 => new ScaleValue.SignedNumber((sbyte)reader.ReadByte()),
        PrimitiveKind.I16 => new ScaleValue.SignedNumber((short)reader.ReadUInt16()),
        PrimitiveKind.I32 => new ScaleValue.SignedNumber((int)reader.ReadUInt32()),
        PrimitiveKind.I64 => new ScaleValue.SignedNumber((long)reader.ReadUInt64()),
        PrimitiveKind.I128 => new ScaleValue.SignedNumber(BinaryPrimitives.ReadInt128LittleEndian(reader.ReadBytes(16))),
        PrimitiveKind.U256 or PrimitiveKind.I256 => new ScaleValue.Bytes([.. reader.ReadBytes(32)]),
        _ => throw new ScaleException($"Primitive {kind} is unknown."),
    };

    static uint ReadCharacter(ref ScaleReader reader)
    {
        var value = reader.ReadUInt32();
        return Rune.IsValid(value) ? value : throw new ScaleException($"{value} is no character.");
    }

    /// <summary>Reads a bit sequence's count and storage words.</summary>
    public static ReadOnlySpan<byte> ReadBits(TypeRegistry types, TypeDefinition.BitSequence bits, ref ScaleReader reader)
    {
        var word = types[bits.Store].Definition is TypeDefinition.Primitive store ? TypeSize.WidthOf(store.Kind) ?? 1 : 1;
        var count = reader.ReadLength(0);
        return reader.ReadBytes((int)((((long)count + (word * 8) - 1) / (word * 8)) * word));
    }
}
