using Bittensor.Scale;

namespace Bittensor.Tests.Substrate;

/// <summary>Writes metadata blobs of V14, V15 and V16: types first, then pallets, extensions and runtime APIs, all by the tests' wishes.</summary>
sealed class MetadataBuilder
{
    readonly List<byte[]> _types = [];
    readonly List<MetadataPallet> _pallets = [];
    readonly List<(string Name, uint Type, uint Implicit)> _extensions = [];
    readonly SortedDictionary<string, List<(string Method, (string Name, uint Type)[] Inputs, uint Output)>> _apis = new(StringComparer.Ordinal);

    /// <summary>Positions of the extensions by extension version, for V16; version 0 with all of them unless set.</summary>
    public Dictionary<byte, int[]>? ExtensionsByVersion { get; set; }

    public (uint Address, uint Signature, uint Call, uint Extra) Extrinsic { get; set; }

    public uint Primitive(byte kind) => Add([], writer => writer.WriteByte(5).WriteByte(kind));

    public uint Compact(uint inner) => Add([], writer => writer.WriteByte(6).WriteCompact(inner));

    public uint Sequence(uint element) => Add([], writer => writer.WriteByte(2).WriteCompact(element));

    public uint Array(uint length, uint element) => Add([], writer => writer.WriteByte(3).WriteUInt32(length).WriteCompact(element));

    public uint Tuple(params uint[] elements) => Add([], writer =>
    {
        writer.WriteByte(4).WriteCompact((uint)elements.Length);
        foreach (var element in elements)
            writer.WriteCompact(element);
    });

    public uint Struct(string name, params (string? Name, uint Type)[] fields) =>
        Add(["test", name], writer => WriteFields(writer.WriteByte(0), fields));

    public uint Option(uint content) => Enum("Option", [new MetadataCase("None", 0), new MetadataCase("Some", 1, (null, content))], ["Option"]);

    public uint Enum(string name, IReadOnlyCollection<MetadataCase> cases, string[]? path = null) => Add(path ?? ["test", name], writer =>
    {
        writer.WriteByte(1).WriteCompact((uint)cases.Count);
        foreach (var item in cases)
        {
            WriteFields(writer.WriteString(item.Name), item.Fields).WriteByte(item.Index);
            WriteStrings(writer, item.Docs);
        }
    });

    /// <summary>The generic extrinsic type, in whose parameters V14 hides address and signature.</summary>
    public uint ExtrinsicType() => Add(
        ["sp_runtime", "UncheckedExtrinsic"], writer => writer.WriteByte(0).WriteCompact(0),
        ("Address", Extrinsic.Address), ("Call", Extrinsic.Call), ("Signature", Extrinsic.Signature), ("Extra", Extrinsic.Extra));

    public void AddPallet(MetadataPallet pallet) => _pallets.Add(pallet);

    public void AddExtension(string name, uint type, uint signed) => _extensions.Add((name, type, signed));

    public void AddMethod(string api, string method, uint output, params (string Name, uint Type)[] inputs)
    {
        if (!_apis.TryGetValue(api, out var methods))
            _apis[api] = methods = [];
        methods.Add((method, inputs, output));
    }

    public byte[] Build(byte version)
    {
        var extrinsicType = ExtrinsicType();
        var writer = new ScaleWriter().WriteUInt32(0x6174656d).WriteByte(version).WriteCompact((uint)_types.Count);
        foreach (var type in _types)
            writer.WriteBytes(type);
        writer.WriteCompact((uint)_pallets.Count);
        foreach (var pallet in _pallets)
            pallet.Write(writer, version);
        WriteExtrinsic(writer, version, extrinsicType);
        if (version < 16)
            writer.WriteCompact(extrinsicType);
        if (version >= 15)
            WriteApisAndTail(writer, version);
        return writer.ToArray();
    }

    internal static ScaleWriter WriteStrings(ScaleWriter writer, params string[] lines)
    {
        writer.WriteCompact((uint)lines.Length);
        foreach (var line in lines)
            writer.WriteString(line);
        return writer;
    }

    void WriteExtrinsic(ScaleWriter writer, byte version, uint extrinsicType)
    {
        if (version == 14)
            writer.WriteCompact(extrinsicType).WriteByte(4);
        else
        {
            if (version == 15)
                writer.WriteByte(4);
            else
                writer.WriteByteVector([4, 5]);
            writer.WriteCompact(Extrinsic.Address).WriteCompact(Extrinsic.Call).WriteCompact(Extrinsic.Signature);
            if (version == 15)
                writer.WriteCompact(Extrinsic.Extra);
            else
                WriteExtensionVersions(writer);
        }
        writer.WriteCompact((uint)_extensions.Count);
        foreach (var (name, type, signed) in _extensions)
            writer.WriteString(name).WriteCompact(type).WriteCompact(signed);
    }

    void WriteExtensionVersions(ScaleWriter writer)
    {
        var versions = ExtensionsByVersion ?? new() { [0] = [.. Enumerable.Range(0, _extensions.Count)] };
        writer.WriteCompact((uint)versions.Count);
        foreach (var (key, indices) in versions)
        {
            writer.WriteByte(key).WriteCompact((uint)indices.Length);
            foreach (var index in indices)
                writer.WriteCompact((uint)index);
        }
    }

    void WriteApisAndTail(ScaleWriter writer, byte version)
    {
        writer.WriteCompact((uint)_apis.Count);
        foreach (var (name, methods) in _apis)
        {
            writer.WriteString(name).WriteCompact((uint)methods.Count);
            foreach (var (method, inputs, output) in methods)
            {
                writer.WriteString(method).WriteCompact((uint)inputs.Length);
                foreach (var (input, type) in inputs)
                    writer.WriteString(input).WriteCompact(type);
                WriteStrings(writer.WriteCompact(output), "What it does.");
                if (version >= 16)
                    writer.WriteByte(2).WriteString("use another").WriteByte(1).WriteString("4.0");
            }
            WriteStrings(writer);
            if (version >= 16)
                writer.WriteCompact(1).WriteByte(0);
        }
        writer.WriteCompact(0).WriteCompact(0).WriteCompact(0).WriteCompact(1).WriteString("custom").WriteCompact(0).WriteByteVector([1]);
    }

    static ScaleWriter WriteFields(ScaleWriter writer, (string? Name, uint Type)[] fields)
    {
        writer.WriteCompact((uint)fields.Length);
        foreach (var (name, type) in fields)
        {
            if (name is null)
                writer.WriteByte(0);
            else
                writer.WriteByte(1).WriteString(name);
            WriteStrings(writer.WriteCompact(type).WriteByte(1).WriteString("T::Something"), "A field.");
        }
        return writer;
    }

    uint Add(string[] path, Action<ScaleWriter> definition, params (string Name, uint Type)[] parameters)
    {
        var writer = new ScaleWriter().WriteCompact((uint)_types.Count);
        WriteStrings(writer, path).WriteCompact((uint)parameters.Length);
        foreach (var (name, type) in parameters)
            writer.WriteString(name).WriteByte(1).WriteCompact(type);
        definition(writer);
        _types.Add(WriteStrings(writer, "A type.").ToArray());
        return (uint)_types.Count - 1;
    }
}
