using Bittensor.Scale;
using DevNet.Runtime;

namespace DevNet.Metadata;

/// <summary>Writes a runtime's metadata in format 14, 15 or 16.</summary>
/// <remarks>Source: paritytech/frame-metadata, v14.rs, v15.rs and v16.rs. References to types need the registry complete, so the
/// parts after it are written first and put behind it.</remarks>
static class MetadataWriter
{
    const uint Magic = 0x6174656d;

    /// <summary>The whole blob, magic number first.</summary>
    public static byte[] Write(RuntimeDefinition runtime, uint version)
    {
        var types = runtime.CreateTypes();
        var body = new ScaleWriter();
        body.WriteCompact((uint)runtime.Pallets.Count);
        foreach (var pallet in runtime.Pallets)
            WritePallet(body, types, pallet, version);
        WriteExtrinsic(body, types, runtime, version);
        if (version < 16)
            body.WriteCompact(types.Resolve("Runtime"));
        if (version > 14)
        {
            WriteApis(body, types, runtime, version);
            body.WriteCompact(types.Resolve("RuntimeCall")).WriteCompact(types.Resolve("RuntimeEvent")).WriteCompact(types.Resolve("RuntimeError"));
            body.WriteCompact(0);
        }

        var blob = new ScaleWriter().WriteUInt32(Magic).WriteByte((byte)version);
        types.WriteTo(blob);
        return blob.WriteBytes(body.WrittenSpan).ToArray();
    }

    static void WritePallet(ScaleWriter writer, TypeRegistry types, PalletDefinition pallet, uint version)
    {
        writer.WriteString(pallet.Name);
        if (pallet.Storage.Length == 0)
        {
            writer.WriteByte(0);
        }
        else
        {
            writer.WriteByte(1).WriteString(pallet.Name).WriteCompact((uint)pallet.Storage.Length);
            foreach (var item in pallet.Storage)
                WriteStorage(writer, types, item, version);
        }
        WriteEnum(writer, types, pallet.Calls.Length, pallet.Name + "Call", version);
        WriteEnum(writer, types, pallet.Events.Length, pallet.Name + "Event", version);
        writer.WriteCompact((uint)pallet.Constants.Length);
        foreach (var constant in pallet.Constants)
        {
            writer.WriteString(constant.Name).WriteCompact(types.Resolve(constant.Type)).WriteByteVector(constant.Value).WriteCompact(0);
            WriteNotDeprecated(writer, version);
        }
        WriteEnum(writer, types, pallet.Errors.Length, pallet.Name + "Error", version);
        if (version >= 16)
            writer.WriteCompact(0).WriteCompact(0);
        writer.WriteByte(pallet.Index);
        if (version >= 15)
            writer.WriteCompact(0);
        WriteNotDeprecated(writer, version);
    }

    static void WriteStorage(ScaleWriter writer, TypeRegistry types, StorageDefinition item, uint version)
    {
        writer.WriteString(item.Name).WriteByte(item.Default is null ? (byte)0 : (byte)1);
        if (item.Keys.Length == 0)
        {
            writer.WriteByte(0);
        }
        else
        {
            writer.WriteByte(1).WriteCompact((uint)item.Keys.Length);
            foreach (var key in item.Keys)
                writer.WriteByte((byte)key.Hasher);
            writer.WriteCompact(types.Resolve(item.Keys.Length == 1 ? item.Keys[0].Type : $"({string.Join(", ", item.Keys.Select(key => key.Type))})"));
        }
        // An optional item's default is its encoded None.
        writer.WriteCompact(types.Resolve(item.Value)).WriteByteVector(item.Default ?? [0]).WriteCompact(0);
        WriteNotDeprecated(writer, version);
    }

    static void WriteEnum(ScaleWriter writer, TypeRegistry types, int variants, string type, uint version)
    {
        if (variants == 0)
        {
            writer.WriteByte(0);
            return;
        }
        writer.WriteByte(1).WriteCompact(types.Resolve(type));
        if (version >= 16)
            writer.WriteCompact(0);
    }

    static void WriteExtrinsic(ScaleWriter writer, TypeRegistry types, RuntimeDefinition runtime, uint version)
    {
        const byte format = 4;
        if (version == 14)
        {
            writer.WriteCompact(types.Resolve("UncheckedExtrinsic")).WriteByte(format);
        }
        else
        {
            if (version == 15)
                writer.WriteByte(format);
            else
                writer.WriteByteVector(runtime.Rules.ExtrinsicVersions);
            writer.WriteCompact(types.Resolve("MultiAddress")).WriteCompact(types.Resolve("RuntimeCall")).WriteCompact(types.Resolve("MultiSignature"));
            if (version == 15)
                writer.WriteCompact(types.Resolve("Extensions"));
        }
        if (version >= 16)
            WriteExtensionVersions(writer, runtime);
        ExtensionDefinition[] listed = version >= 16 ? [.. runtime.Extensions, .. runtime.LaterExtensions] : [.. runtime.Extensions];
        writer.WriteCompact((uint)listed.Length);
        foreach (var extension in listed)
            writer.WriteString(extension.Name).WriteCompact(types.Resolve(extension.Extra)).WriteCompact(types.Resolve(extension.Implicit));
    }

    /// <summary>Version 0 uses the first extensions in order; version 1, where there is one, uses the later ones too.</summary>
    static void WriteExtensionVersions(ScaleWriter writer, RuntimeDefinition runtime)
    {
        int[] counts = runtime.LaterExtensions.Count == 0
            ? [runtime.Extensions.Count]
            : [runtime.Extensions.Count, runtime.Extensions.Count + runtime.LaterExtensions.Count];
        writer.WriteCompact((uint)counts.Length);
        foreach (var (version, count) in counts.Index())
        {
            writer.WriteByte((byte)version).WriteCompact((uint)count);
            for (var i = 0; i < count; i++)
                writer.WriteCompact((uint)i);
        }
    }

    static void WriteApis(ScaleWriter writer, TypeRegistry types, RuntimeDefinition runtime, uint version)
    {
        writer.WriteCompact((uint)runtime.Apis.Count);
        foreach (var api in runtime.Apis)
        {
            writer.WriteString(api.Name).WriteCompact((uint)api.Methods.Length);
            foreach (var method in api.Methods)
            {
                writer.WriteString(method.Name).WriteCompact((uint)method.Inputs.Length);
                foreach (var input in method.Inputs)
                    writer.WriteString(input.Name!).WriteCompact(types.Resolve(input.Type));
                writer.WriteCompact(types.Resolve(method.Output)).WriteCompact(0);
                WriteNotDeprecated(writer, version);
            }
            writer.WriteCompact(0);
            if (version >= 16)
                writer.WriteCompact(api.Version);
            WriteNotDeprecated(writer, version);
        }
    }

    static void WriteNotDeprecated(ScaleWriter writer, uint version)
    {
        if (version >= 16)
            writer.WriteByte(0);
    }
}
