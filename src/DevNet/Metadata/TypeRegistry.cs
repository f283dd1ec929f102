using Bittensor.Scale;

namespace DevNet.Metadata;

/// <summary>
/// Builds the portable type registry of runtime metadata. Types are declared once under a short name and asked for by text
/// (<c>Vec&lt;(AccountId32, Compact&lt;u64&gt;)&gt;</c>); ids are dense and given in the order types are first needed, equal types share one.
/// </summary>
/// <remarks>Layout: paritytech/scale-info, registry.rs and ty/mod.rs; the same in metadata V14, V15 and V16.</remarks>
sealed class TypeRegistry
{
    static readonly string[] Primitives =
        ["bool", "char", "str", "u8", "u16", "u32", "u64", "u128", "u256", "i8", "i16", "i32", "i64", "i128", "i256"];

    readonly Dictionary<string, string> _aliases = [];
    readonly Dictionary<string, TypeDeclaration> _declarations = [];
    readonly Dictionary<string, uint> _idsByText = [];
    readonly Dictionary<string, uint> _idsByContent = [];
    readonly List<byte[]> _types = [];

    /// <summary>Makes <paramref name="name"/> another word for a type; it leaves a trace in type names only.</summary>
    public TypeRegistry Alias(string name, string type)
    {
        _aliases.Add(name, type);
        return this;
    }

    /// <summary>Declares a struct. <paramref name="parameters"/>: <c>T: u8, E: Error</c>, or <c>T</c> alone for a skipped parameter.</summary>
    public TypeRegistry Struct(string name, string path, string fields, string parameters = "")
    {
        _declarations.Add(name, new(path, parameters, writer => WriteComposite(writer, FieldDefinition.ParseList(fields))));
        return this;
    }

    /// <summary>Declares an enum; the table has the form of <see cref="VariantDefinition.ParseTable"/>.</summary>
    public TypeRegistry Enum(string name, string path, string table, string parameters = "") =>
        Enum(name, path, VariantDefinition.ParseTable(table), parameters);

    /// <summary>Declares an enum.</summary>
    public TypeRegistry Enum(string name, string path, IReadOnlyList<VariantDefinition> variants, string parameters = "")
    {
        _declarations.Add(name, new(path, parameters, writer => WriteVariants(writer, variants)));
        return this;
    }

    /// <summary>The id of the type written as <paramref name="text"/>, which is added if it is new.</summary>
    /// <exception cref="ArgumentException">A name that was not declared.</exception>
    public uint Resolve(string text)
    {
        text = text.Trim();
        if (_idsByText.TryGetValue(text, out var known))
            return known;
        var id = _aliases.TryGetValue(text, out var target) ? Resolve(target) : Add(text);
        _idsByText.Add(text, id);
        return id;
    }

    /// <summary>Writes all types that were asked for.</summary>
    public void WriteTo(ScaleWriter writer)
    {
        writer.WriteCompact((uint)_types.Count);
        for (var id = 0; id < _types.Count; id++)
            writer.WriteCompact((uint)id).WriteBytes(_types[id]);
    }

    uint Add(string text)
    {
        var body = new ScaleWriter();
        if (Array.IndexOf(Primitives, text) is >= 0 and var primitive)
            Anonymous(body).WriteByte(5).WriteByte((byte)primitive);
        else if (TypeText.TryGeneric(text, "Vec", out var element))
            Anonymous(body, Resolve(element), 2);
        else if (TypeText.TryGeneric(text, "Compact", out var number))
            Anonymous(body, Resolve(number), 6);
        else if (TypeText.TryGeneric(text, "Option", out var some))
            WriteDeclared(body, new("Option", $"T: {some}", writer => WriteVariants(writer, VariantDefinition.ParseTable($"0 None\n1 Some({some})"))));
        else if (TypeText.TryGeneric(text, "Result", out var sides))
            WriteResult(body, TypeText.SplitList(sides));
        else if (text[0] == '[')
            WriteArray(body, text[1..^1]);
        else if (text[0] == '(')
            WriteTuple(body, TypeText.SplitList(text[1..^1]));
        else if (_declarations.TryGetValue(text, out var declaration))
            WriteDeclared(body, declaration);
        else
            throw new ArgumentException($"The type '{text}' is not declared.", nameof(text));
        body.WriteCompact(0);

        var content = Convert.ToHexString(body.WrittenSpan);
        if (!_idsByContent.TryGetValue(content, out var id))
        {
            id = (uint)_types.Count;
            _types.Add(body.ToArray());
            _idsByContent.Add(content, id);
        }
        return id;
    }

    static ScaleWriter Anonymous(ScaleWriter writer) => writer.WriteCompact(0).WriteCompact(0);

    static void Anonymous(ScaleWriter writer, uint inner, byte kind) => Anonymous(writer).WriteByte(kind).WriteCompact(inner);

    void WriteArray(ScaleWriter writer, string inner)
    {
        var semicolon = inner.LastIndexOf(';');
        var element = Resolve(inner[..semicolon]);
        var length = uint.Parse(inner.AsSpan(semicolon + 1).Trim(), System.Globalization.CultureInfo.InvariantCulture);
        Anonymous(writer).WriteByte(3).WriteUInt32(length).WriteCompact(element);
    }

    void WriteTuple(ScaleWriter writer, List<string> elements)
    {
        var ids = elements.ConvertAll(Resolve);
        Anonymous(writer).WriteByte(4).WriteCompact((uint)ids.Count);
        foreach (var id in ids)
            writer.WriteCompact(id);
    }

    void WriteResult(ScaleWriter writer, List<string> sides) => WriteDeclared(writer, new(
        "Result", $"T: {sides[0]}, E: {sides[1]}", body => WriteVariants(body, VariantDefinition.ParseTable($"0 Ok({sides[0]})\n1 Err({sides[1]})"))));

    void WriteDeclared(ScaleWriter writer, TypeDeclaration declaration)
    {
        var segments = declaration.Path.Split("::");
        writer.WriteCompact((uint)segments.Length);
        foreach (var segment in segments)
            writer.WriteString(segment);
        var parameters = FieldDefinition.ParseList(declaration.Parameters);
        writer.WriteCompact((uint)parameters.Length);
        foreach (var parameter in parameters)
        {
            // A parameter without a type is one the Rust side marked as skipped.
            if (parameter.Name is null)
                writer.WriteString(parameter.Type).WriteByte(0);
            else
                writer.WriteString(parameter.Name).WriteByte(1).WriteCompact(Resolve(parameter.Type));
        }
        declaration.WriteBody(writer);
    }

    void WriteComposite(ScaleWriter writer, FieldDefinition[] fields)
    {
        writer.WriteByte(0);
        WriteFields(writer, fields);
    }

    void WriteVariants(ScaleWriter writer, IReadOnlyList<VariantDefinition> variants)
    {
        writer.WriteByte(1).WriteCompact((uint)variants.Count);
        foreach (var variant in variants)
        {
            writer.WriteString(variant.Name);
            WriteFields(writer, variant.Fields);
            writer.WriteByte(variant.Index);
            WriteDocs(writer, variant.Docs);
        }
    }

    void WriteFields(ScaleWriter writer, FieldDefinition[] fields)
    {
        writer.WriteCompact((uint)fields.Length);
        foreach (var field in fields)
        {
            if (field.Name is null)
                writer.WriteByte(0);
            else
                writer.WriteByte(1).WriteString(field.Name);
            writer.WriteCompact(Resolve(field.Type)).WriteByte(1).WriteString(field.Type).WriteCompact(0);
        }
    }

    /// <summary>Docs are a list of lines; an empty text is an empty list.</summary>
    internal static void WriteDocs(ScaleWriter writer, string docs)
    {
        if (docs.Length == 0)
            writer.WriteCompact(0);
        else
            writer.WriteCompact(1).WriteString(docs);
    }
}
