using Bittensor.Scale;
using Bittensor.Substrate;

namespace Bittensor.Tests.Substrate;

/// <summary>A pallet to be written into metadata.</summary>
sealed record MetadataPallet(string Name, byte Index)
{
    readonly List<Action<ScaleWriter, byte>> _entries = [];

    public uint? Calls { get; init; }

    public uint? Events { get; init; }

    public uint? Errors { get; init; }

    public List<(string Name, uint Type, byte[] Value)> Constants { get; } = [];

    /// <summary>An optional item when <paramref name="fallback"/> is null.</summary>
    public MetadataPallet Plain(string name, uint value, byte[]? fallback) => Add(name, fallback, writer => writer.WriteByte(0).WriteCompact(value));

    /// <summary>An optional item when <paramref name="fallback"/> is null.</summary>
    public MetadataPallet Map(string name, StorageHasher[] hashers, uint key, uint value, byte[]? fallback) => Add(name, fallback, writer =>
        writer.WriteByte(1).WriteByteVector([.. hashers.Select(hasher => (byte)hasher)]).WriteCompact(key).WriteCompact(value));

    public void Write(ScaleWriter writer, byte version)
    {
        writer.WriteString(Name).WriteBool(_entries.Count > 0);
        if (_entries.Count > 0)
        {
            writer.WriteString(Name).WriteCompact((uint)_entries.Count);
            foreach (var entry in _entries)
                entry(writer, version);
        }
        WriteEnum(writer, Calls, version);
        WriteEnum(writer, Events, version);
        writer.WriteCompact((uint)Constants.Count);
        foreach (var (name, type, value) in Constants)
        {
            MetadataBuilder.WriteStrings(writer.WriteString(name).WriteCompact(type).WriteByteVector(value));
            if (version >= 16)
                writer.WriteByte(1);
        }
        WriteEnum(writer, Errors, version);
        if (version >= 16)
            WriteAssociatedTypeAndView(writer);
        writer.WriteByte(Index);
        if (version >= 15)
            MetadataBuilder.WriteStrings(writer, "A pallet.");
        if (version >= 16)
            writer.WriteByte(0);
    }

    static void WriteEnum(ScaleWriter writer, uint? type, byte version)
    {
        writer.WriteBool(type is not null);
        if (type is not { } id)
            return;
        writer.WriteCompact(id);
        if (version >= 16)
            writer.WriteCompact(2).WriteByte(3).WriteByte(1).WriteByte(5).WriteByte(2).WriteString("gone").WriteByte(0);
    }

    static void WriteAssociatedTypeAndView(ScaleWriter writer)
    {
        MetadataBuilder.WriteStrings(writer.WriteCompact(1).WriteString("Currency").WriteCompact(0), "An associated type.");
        writer.WriteCompact(1).WriteBytes(new byte[32]).WriteString("view").WriteCompact(1).WriteString("input").WriteCompact(0).WriteCompact(0);
        MetadataBuilder.WriteStrings(writer).WriteByte(0);
    }

    MetadataPallet Add(string name, byte[]? fallback, Action<ScaleWriter> kind)
    {
        _entries.Add((writer, version) =>
        {
            kind(writer.WriteString(name).WriteByte(fallback is null ? (byte)0 : (byte)1));
            MetadataBuilder.WriteStrings(writer.WriteByteVector(fallback ?? []), "An item.");
            if (version >= 16)
                writer.WriteByte(0);
        });
        return this;
    }
}
