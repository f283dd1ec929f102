using System.Collections.Immutable;
using Bittensor.Scale;

namespace Bittensor.Substrate;

/// <summary>Reads one pallet; V15 added docs, V16 associated types, view functions and deprecations.</summary>
static class PalletReader
{
    public static PalletMetadata Read(ref ScaleReader reader, byte version)
    {
        var name = reader.ReadString();
        string? prefix = null;
        var storage = ImmutableDictionary.CreateBuilder<string, StorageEntry>(StringComparer.Ordinal);
        if (reader.ReadBool())
        {
            prefix = reader.ReadString();
            for (var left = reader.ReadLength(6); left > 0; left--)
            {
                var entry = ReadEntry(ref reader, version);
                storage[entry.Name] = entry;
            }
        }
        var calls = ReadEnum(ref reader, version);
        var events = ReadEnum(ref reader, version);
        var constants = ImmutableDictionary.CreateBuilder<string, PalletConstant>(StringComparer.Ordinal);
        for (var left = reader.ReadLength(4); left > 0; left--)
        {
            var constant = new PalletConstant(reader.ReadString(), MetadataReader.ReadType(ref reader), [.. reader.ReadByteVector()]);
            MetadataReader.SkipStrings(ref reader);
            MetadataReader.SkipDeprecation(ref reader, version);
            constants[constant.Name] = constant;
        }
        var errors = ReadEnum(ref reader, version);
        if (version >= 16)
            SkipAssociatedTypesAndViews(ref reader, version);
        var index = reader.ReadByte();
        if (version >= 15)
            MetadataReader.SkipStrings(ref reader);
        MetadataReader.SkipDeprecation(ref reader, version);
        return new PalletMetadata(name, index, prefix, storage.ToImmutable(), calls, events, errors, constants.ToImmutable());
    }

    static StorageEntry ReadEntry(ref ScaleReader reader, byte version)
    {
        var name = reader.ReadString();
        var modifier = reader.ReadByte();
        if (modifier > 1)
            throw new ScaleException($"Storage modifier {modifier} of {name} is unknown.");
        var hashers = ImmutableArray<StorageHasher>.Empty;
        uint? key = null;
        switch (reader.ReadByte())
        {
            case 0:
                break;
            case 1:
                hashers = ReadHashers(ref reader, name);
                key = MetadataReader.ReadType(ref reader);
                break;
            case var other:
                throw new ScaleException($"Storage kind {other} of {name} is unknown.");
        }
        var value = MetadataReader.ReadType(ref reader);
        ImmutableArray<byte> fallback = [.. reader.ReadByteVector()];
        MetadataReader.SkipStrings(ref reader);
        MetadataReader.SkipDeprecation(ref reader, version);
        return new StorageEntry(name, modifier == 0, hashers, key, value, fallback);
    }

    static ImmutableArray<StorageHasher> ReadHashers(ref ScaleReader reader, string entry)
    {
        var hashers = ImmutableArray.CreateBuilder<StorageHasher>();
        foreach (var hasher in reader.ReadByteVector())
        {
            if (hasher > (byte)StorageHasher.Identity)
                throw new ScaleException($"Hasher {hasher} of storage item {entry} is unknown.");
            hashers.Add((StorageHasher)hasher);
        }
        return hashers.DrainToImmutable();
    }

    static uint? ReadEnum(ref ScaleReader reader, byte version)
    {
        if (!reader.ReadBool())
            return null;
        var type = MetadataReader.ReadType(ref reader);
        if (version >= 16)
        {
            // Deprecated cases: the case's index byte, then what an item has.
            for (var left = reader.ReadLength(2); left > 0; left--)
            {
                reader.ReadByte();
                MetadataReader.SkipDeprecation(ref reader, version);
            }
        }
        return type;
    }

    static void SkipAssociatedTypesAndViews(ref ScaleReader reader, byte version)
    {
        for (var left = reader.ReadLength(3); left > 0; left--)
        {
            reader.ReadByteVector();
            MetadataReader.ReadType(ref reader);
            MetadataReader.SkipStrings(ref reader);
        }
        for (var left = reader.ReadLength(36); left > 0; left--)
        {
            reader.ReadBytes(32);
            reader.ReadByteVector();
            for (var inputs = reader.ReadLength(2); inputs > 0; inputs--)
            {
                reader.ReadByteVector();
                MetadataReader.ReadType(ref reader);
            }
            MetadataReader.ReadType(ref reader);
            MetadataReader.SkipStrings(ref reader);
            MetadataReader.SkipDeprecation(ref reader, version);
        }
    }
}
