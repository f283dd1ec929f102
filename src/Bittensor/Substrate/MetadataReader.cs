using System.Collections.Immutable;
using Bittensor.Scale;

namespace Bittensor.Substrate;

/// <summary>Reads the frame of a metadata blob; the order of the parts differs between the versions.</summary>
static class MetadataReader
{
    const uint Magic = 0x6174656d;

    public static RuntimeMetadata Read(ReadOnlySpan<byte> metadata)
    {
        var reader = new ScaleReader(metadata);
        if (reader.ReadUInt32() != Magic)
            throw new ScaleException("Metadata begins with the bytes 'meta'; these do not.");
        var version = reader.ReadByte();
        if (version is < 14 or > 16)
            throw new ScaleException($"Metadata version {version} is unknown; 14, 15 and 16 are supported.");
        var types = TypeRegistryReader.Read(ref reader);
        var pallets = ImmutableArray.CreateBuilder<PalletMetadata>();
        for (var left = reader.ReadLength(6); left > 0; left--)
            pallets.Add(PalletReader.Read(ref reader, version));
        var extrinsic = version == 16 ? ReadExtrinsic16(ref reader) : version == 15 ? ReadExtrinsic15(ref reader) : ReadExtrinsic14(ref reader, types);
        if (version < 16)
            ReadType(ref reader);
        var apis = version >= 15 ? ReadApis(ref reader, version) : ImmutableDictionary<string, RuntimeApi>.Empty;
        if (version >= 15)
            SkipOuterEnumsAndCustom(ref reader);
        reader.EnsureEnd();
        return new RuntimeMetadata(version, types, pallets.DrainToImmutable(), extrinsic, apis);
    }

    public static uint ReadType(ref ScaleReader reader) => reader.ReadCompactUInt32();

    public static void SkipStrings(ref ScaleReader reader)
    {
        for (var left = reader.ReadLength(1); left > 0; left--)
            reader.ReadByteVector();
    }

    /// <summary>V16: 0 none, 1 deprecated, 2 deprecated with a note and perhaps a version.</summary>
    public static void SkipDeprecation(ref ScaleReader reader, byte version)
    {
        if (version < 16)
            return;
        switch (reader.ReadByte())
        {
            case 0 or 1:
                return;
            case 2:
                reader.ReadByteVector();
                if (reader.ReadBool())
                    reader.ReadByteVector();
                return;
            case var other:
                throw new ScaleException($"Deprecation kind {other} at offset {reader.Position - 1} is unknown.");
        }
    }

    static ExtrinsicFormat ReadExtrinsic14(ref ScaleReader reader, TypeRegistry types)
    {
        var type = ReadType(ref reader);
        var version = reader.ReadByte();
        var extensions = ReadExtensions(ref reader);
        // V14 names address and signature only as parameters of the generic extrinsic type.
        uint? address = null, signature = null;
        foreach (var parameter in types[type].Parameters)
        {
            if (parameter.Name == "Address")
                address = parameter.Type;
            else if (parameter.Name == "Signature")
                signature = parameter.Type;
        }
        return new ExtrinsicFormat([version], address, signature, extensions);
    }

    static ExtrinsicFormat ReadExtrinsic15(ref ScaleReader reader)
    {
        var version = reader.ReadByte();
        var address = ReadType(ref reader);
        ReadType(ref reader);
        var signature = ReadType(ref reader);
        ReadType(ref reader);
        return new ExtrinsicFormat([version], address, signature, ReadExtensions(ref reader));
    }

    static ExtrinsicFormat ReadExtrinsic16(ref ScaleReader reader)
    {
        ImmutableArray<byte> versions = [.. reader.ReadByteVector()];
        var address = ReadType(ref reader);
        ReadType(ref reader);
        var signature = ReadType(ref reader);
        ImmutableArray<uint>? chosen = null;
        for (var left = reader.ReadLength(2); left > 0; left--)
        {
            var extensionVersion = reader.ReadByte();
            var indices = ImmutableArray.CreateBuilder<uint>();
            for (var count = reader.ReadLength(1); count > 0; count--)
                indices.Add(reader.ReadCompactUInt32());
            // The key is the extension version; format 4 always uses 0.
            if (extensionVersion == 0)
                chosen = indices.DrainToImmutable();
        }
        var all = ReadExtensions(ref reader);
        return new ExtrinsicFormat(versions, address, signature, chosen is { } list ? Choose(all, list) : null);
    }

    static ImmutableArray<TransactionExtension> Choose(ImmutableArray<TransactionExtension> all, ImmutableArray<uint> indices)
    {
        var chosen = ImmutableArray.CreateBuilder<TransactionExtension>(indices.Length);
        foreach (var index in indices)
            chosen.Add(index < (uint)all.Length ? all[(int)index] : throw new ScaleException($"Extension {index} of {all.Length} is out of range."));
        return chosen.MoveToImmutable();
    }

    static ImmutableArray<TransactionExtension> ReadExtensions(ref ScaleReader reader)
    {
        var extensions = ImmutableArray.CreateBuilder<TransactionExtension>();
        for (var left = reader.ReadLength(3); left > 0; left--)
            extensions.Add(new TransactionExtension(reader.ReadString(), ReadType(ref reader), ReadType(ref reader)));
        return extensions.DrainToImmutable();
    }

    static ImmutableDictionary<string, RuntimeApi> ReadApis(ref ScaleReader reader, byte version)
    {
        var apis = ImmutableDictionary.CreateBuilder<string, RuntimeApi>(StringComparer.Ordinal);
        for (var left = reader.ReadLength(3); left > 0; left--)
        {
            var name = reader.ReadString();
            var methods = ImmutableDictionary.CreateBuilder<string, RuntimeApiMethod>(StringComparer.Ordinal);
            for (var count = reader.ReadLength(4); count > 0; count--)
            {
                var method = ReadMethod(ref reader, version);
                methods[method.Name] = method;
            }
            SkipStrings(ref reader);
            if (version >= 16)
                reader.ReadCompactUInt32();
            SkipDeprecation(ref reader, version);
            if (!apis.TryAdd(name, new RuntimeApi(name, methods.ToImmutable())))
                throw new ScaleException($"Runtime API {name} is defined twice.");
        }
        return apis.ToImmutable();
    }

    static RuntimeApiMethod ReadMethod(ref ScaleReader reader, byte version)
    {
        var name = reader.ReadString();
        var inputs = ImmutableArray.CreateBuilder<TypeField>();
        for (var left = reader.ReadLength(2); left > 0; left--)
            inputs.Add(new TypeField(reader.ReadString(), ReadType(ref reader)));
        var output = ReadType(ref reader);
        SkipStrings(ref reader);
        SkipDeprecation(ref reader, version);
        return new RuntimeApiMethod(name, inputs.DrainToImmutable(), output);
    }

    static void SkipOuterEnumsAndCustom(ref ScaleReader reader)
    {
        for (var i = 0; i < 3; i++)
            ReadType(ref reader);
        for (var left = reader.ReadLength(3); left > 0; left--)
        {
            reader.ReadByteVector();
            ReadType(ref reader);
            reader.ReadByteVector();
        }
    }
}
