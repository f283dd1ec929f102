using System.Buffers.Binary;
using System.Collections.Immutable;
using Bittensor.Scale;

namespace Bittensor.Substrate;

/// <summary>Writes a value in the layout the metadata asks for. A value that does not fit its type is refused, never cut.</summary>
static class ScaleEncoder
{
    const int MaximumDepth = 32;

    public static void Write(TypeRegistry types, uint type, ScaleValue value, ScaleWriter writer) => Write(types, type, value, writer, 0);

    public static byte[] Encode(TypeRegistry types, uint type, ScaleValue value)
    {
        var writer = new ScaleWriter();
        Write(types, type, value, writer);
        return writer.ToArray();
    }

    static void Write(TypeRegistry types, uint type, ScaleValue value, ScaleWriter writer, int depth)
    {
        if (depth > MaximumDepth)
            throw new ScaleException($"The type is nested deeper than {MaximumDepth} levels.");
        switch (types[type].Definition, value)
        {
            case (TypeDefinition.Composite composite, ScaleValue.Composite given):
                WriteFields(types, composite.Fields, given, writer, depth);
                break;
            case (TypeDefinition.Composite { Fields.Length: 1 } wrapper, _):
                Write(types, wrapper.Fields[0].Type, value, writer, depth + 1);
                break;
            case (TypeDefinition.Tuple tuple, ScaleValue.Composite given) when given.Values.Length == tuple.Elements.Length:
                for (var i = 0; i < tuple.Elements.Length; i++)
                    Write(types, tuple.Elements[i], given.Values[i], writer, depth + 1);
                break;
            case (TypeDefinition.Tuple { Elements.Length: 1 } tuple, _):
                Write(types, tuple.Elements[0], value, writer, depth + 1);
                break;
            case (TypeDefinition.Variant variant, ScaleValue.Variant given):
                var item = variant.Find(given.Name) ?? throw new ScaleException($"The runtime's enum {types[type].Name} has no case {given.Name}.");
                WriteFields(types, item.Fields, given.Fields, writer.WriteByte(item.Index), depth);
                break;
            case (TypeDefinition.Sequence or TypeDefinition.Array, _):
                WriteItems(types, type, value, writer, depth);
                break;
            case (TypeDefinition.Compact compact, ScaleValue.Number number):
                WriteCompact(types, compact, number.Value, writer);
                break;
            case (TypeDefinition.Primitive primitive, _):
                WritePrimitive(primitive.Kind, value, writer);
                break;
            default:
                throw new ScaleException($"A {value.GetType().Name} does not fit the runtime's type {Describe(types[type])}.");
        }
    }

    static void WriteFields(TypeRegistry types, ImmutableArray<TypeField> fields, ScaleValue.Composite given, ScaleWriter writer, int depth)
    {
        if (fields.Length != given.Values.Length)
            throw new ScaleException($"The runtime's type has {fields.Length} fields, {given.Values.Length} were given.");
        for (var i = 0; i < fields.Length; i++)
        {
            var value = fields[i].Name is { } name && given.Names[i] is not null ? given[name] : given.Values[i];
            Write(types, fields[i].Type, value, writer, depth + 1);
        }
    }

    static void WriteItems(TypeRegistry types, uint type, ScaleValue value, ScaleWriter writer, int depth)
    {
        var definition = types[type].Definition;
        var element = definition is TypeDefinition.Sequence sequence ? sequence.Element : ((TypeDefinition.Array)definition).Element;
        var isByte = types[element].Definition is TypeDefinition.Primitive { Kind: PrimitiveKind.U8 };
        var count = value switch
        {
            ScaleValue.Bytes bytes when isByte => bytes.Value.Length,
            ScaleValue.Sequence items => items.Items.Length,
            _ => throw new ScaleException($"A {value.GetType().Name} does not fit the runtime's type {Describe(types[type])}."),
        };
        if (definition is TypeDefinition.Array array && array.Length != (uint)count)
            throw new ScaleException($"The runtime expects {array.Length} elements, {count} were given.");
        if (definition is TypeDefinition.Sequence)
            writer.WriteCompact((uint)count);
        if (value is ScaleValue.Bytes raw)
            writer.WriteBytes(raw.Value.AsSpan());
        else
        {
            foreach (var item in ((ScaleValue.Sequence)value).Items)
                Write(types, element, item, writer, depth + 1);
        }
    }

    static void WriteCompact(TypeRegistry types, TypeDefinition.Compact compact, UInt128 number, ScaleWriter writer)
    {
        if (types.Unwrap(compact.Inner).Definition is TypeDefinition.Primitive primitive)
            EnsureFits(number, primitive.Kind);
        writer.WriteCompact(number);
    }

    static void WritePrimitive(PrimitiveKind kind, ScaleValue value, ScaleWriter writer)
    {
        switch (kind, value)
        {
            case (PrimitiveKind.Bool, ScaleValue.Boolean boolean):
                writer.WriteBool(boolean.Value);
                break;
            case (PrimitiveKind.String, ScaleValue.Text text):
                writer.WriteString(text.Value);
                break;
            case (PrimitiveKind.U256 or PrimitiveKind.I256, ScaleValue.Bytes { Value.Length: 32 } bytes):
                writer.WriteBytes(bytes.Value.AsSpan());
                break;
            case (PrimitiveKind.I8 or PrimitiveKind.I16 or PrimitiveKind.I32 or PrimitiveKind.I64 or PrimitiveKind.I128, ScaleValue.SignedNumber signed):
                WriteSigned(kind, signed.Value, writer);
                break;
            case (PrimitiveKind.Char or PrimitiveKind.U8 or PrimitiveKind.U16 or PrimitiveKind.U32 or PrimitiveKind.U64 or PrimitiveKind.U128, ScaleValue.Number number):
                EnsureFits(number.Value, kind);
                Span<byte> wide = stackalloc byte[16];
                BinaryPrimitives.WriteUInt128LittleEndian(wide, number.Value);
                writer.WriteBytes(wide[..TypeSize.WidthOf(kind)!.Value]);
                break;
            default:
                throw new ScaleException($"A {value.GetType().Name} does not fit the runtime's type {kind}.");
        }
    }

    static void WriteSigned(PrimitiveKind kind, Int128 value, ScaleWriter writer)
    {
        var width = TypeSize.WidthOf(kind)!.Value;
        var shift = 128 - (8 * width);
        if ((value << shift) >> shift != value)
            throw new ScaleException($"{value} does not fit the runtime's type {kind}.");
        Span<byte> wide = stackalloc byte[16];
        BinaryPrimitives.WriteInt128LittleEndian(wide, value);
        writer.WriteBytes(wide[..width]);
    }

    static void EnsureFits(UInt128 number, PrimitiveKind kind)
    {
        if (TypeSize.WidthOf(kind) is { } width && width < 16 && number >> (8 * width) != 0)
            throw new ScaleException($"{number} does not fit the runtime's type {kind}.");
    }

    static string Describe(MetadataType type) => type.Name.Length > 0 ? type.Name : type.Definition.GetType().Name;
}
