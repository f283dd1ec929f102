using System.Collections.Immutable;
using Bittensor.Scale;

namespace Bittensor.Substrate;

/// <summary>Reads the type registry, which has one layout in all metadata versions.</summary>
/// <remarks>Source: paritytech/scale-info, ty/mod.rs and portable.rs.</remarks>
static class TypeRegistryReader
{
    public static TypeRegistry Read(ref ScaleReader reader)
    {
        var types = new List<MetadataType>();
        for (var left = reader.ReadLength(6); left > 0; left--)
            types.Add(ReadType(ref reader));
        return new TypeRegistry(types);
    }

    static MetadataType ReadType(ref ScaleReader reader)
    {
        var id = reader.ReadCompactUInt32();
        var path = ImmutableArray.CreateBuilder<string>();
        for (var left = reader.ReadLength(1); left > 0; left--)
            path.Add(reader.ReadString());
        var parameters = ImmutableArray.CreateBuilder<TypeField>();
        for (var left = reader.ReadLength(2); left > 0; left--)
        {
            var name = reader.ReadString();
            if (reader.ReadBool())
                parameters.Add(new TypeField(name, MetadataReader.ReadType(ref reader)));
        }
        // Only errors are shown to people; the other docs would be most of the memory.
        var definition = ReadDefinition(ref reader, keepDocs: path.Count > 0 && path[^1] == "Error");
        MetadataReader.SkipStrings(ref reader);
        return new MetadataType(id, path.DrainToImmutable(), parameters.DrainToImmutable(), definition);
    }

    static TypeDefinition ReadDefinition(ref ScaleReader reader, bool keepDocs)
    {
        switch (reader.ReadByte())
        {
            case 0:
                return new TypeDefinition.Composite(ReadFields(ref reader));
            case 1:
                return ReadVariants(ref reader, keepDocs);
            case 2:
                return new TypeDefinition.Sequence(MetadataReader.ReadType(ref reader));
            case 3:
                return new TypeDefinition.Array(reader.ReadUInt32(), MetadataReader.ReadType(ref reader));
            case 4:
                var elements = ImmutableArray.CreateBuilder<uint>();
                for (var left = reader.ReadLength(1); left > 0; left--)
                    elements.Add(MetadataReader.ReadType(ref reader));
                return new TypeDefinition.Tuple(elements.DrainToImmutable());
            case 5:
                var kind = reader.ReadByte();
                return kind <= (byte)PrimitiveKind.I256
                    ? new TypeDefinition.Primitive((PrimitiveKind)kind)
                    : throw new ScaleException($"Primitive {kind} at offset {reader.Position - 1} is unknown.");
            case 6:
                return new TypeDefinition.Compact(MetadataReader.ReadType(ref reader));
            case 7:
                return new TypeDefinition.BitSequence(MetadataReader.ReadType(ref reader), MetadataReader.ReadType(ref reader));
            case var other:
                throw new ScaleException($"Type definition {other} at offset {reader.Position - 1} is unknown.");
        }
    }

    static TypeDefinition.Variant ReadVariants(ref ScaleReader reader, bool keepDocs)
    {
        var variants = ImmutableArray.CreateBuilder<TypeVariant>();
        for (var left = reader.ReadLength(4); left > 0; left--)
        {
            var name = reader.ReadString();
            var fields = ReadFields(ref reader);
            var index = reader.ReadByte();
            variants.Add(new TypeVariant(name, index, fields, ReadDocs(ref reader, keepDocs)));
        }
        return new TypeDefinition.Variant(variants.DrainToImmutable());
    }

    static ImmutableArray<TypeField> ReadFields(ref ScaleReader reader)
    {
        var fields = ImmutableArray.CreateBuilder<TypeField>();
        for (var left = reader.ReadLength(4); left > 0; left--)
        {
            var name = reader.ReadBool() ? reader.ReadString() : null;
            fields.Add(new TypeField(name, MetadataReader.ReadType(ref reader)));
            if (reader.ReadBool())
                reader.ReadByteVector();
            MetadataReader.SkipStrings(ref reader);
        }
        return fields.DrainToImmutable();
    }

    static string ReadDocs(ref ScaleReader reader, bool keep)
    {
        if (!keep)
        {
            MetadataReader.SkipStrings(ref reader);
            return "";
        }
        var lines = new List<string>();
        for (var left = reader.ReadLength(1); left > 0; left--)
            lines.Add(reader.ReadString().Trim());
        return string.Join(' ', lines).Trim();
    }
}
