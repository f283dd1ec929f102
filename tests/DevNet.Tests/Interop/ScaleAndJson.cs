using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bittensor.Keys;
using Bittensor.Substrate;

namespace DevNet.Tests.Interop;

/// <summary>Compares a value our client decoded with what @polkadot/api's toJSON makes of the same bytes.</summary>
static class ScaleAndJson
{
    /// <returns>Where they differ; null when they are the same.</returns>
    public static string? Difference(ScaleValue? ours, JsonNode? theirs, string path = "") => (ours, theirs) switch
    {
        (null, null) => null,
        (ScaleValue.Variant { Name: "None" }, null) => null,
        (ScaleValue.Variant { Name: "Some" } some, _) => Difference(some.Fields.Values[0], theirs, path),
        (ScaleValue.Boolean flag, JsonValue value) when value.GetValueKind() is JsonValueKind.True or JsonValueKind.False => Same(flag.Value, (bool)value, path),
        (ScaleValue.Number number, JsonValue value) => Same(number.Value, Number(value), path),
        (ScaleValue.SignedNumber number, JsonValue value) when value.GetValueKind() == JsonValueKind.Number => Same(number.Value, (Int128)(long)value, path),
        (ScaleValue.Text text, JsonValue value) => Same(text.Value, (string)value!, path),
        (ScaleValue.Bytes bytes, JsonValue value) when value.GetValueKind() == JsonValueKind.String => Same(Spell([.. bytes.Value], (string)value!), (string)value!, path),
        (ScaleValue.Bytes bytes, JsonArray list) => Same(string.Join(',', bytes.Value), string.Join(',', list.Select(item => (string)item!.ToJsonString())), path),
        (ScaleValue.Sequence sequence, JsonArray list) => Items(sequence.Items, list, path),
        (ScaleValue.Composite { Values: [var only] } wrapper, _) when wrapper.Names[0] is null => Difference(only, theirs, path),
        (ScaleValue.Composite tuple, JsonArray list) when tuple.Names.All(name => name is null) => Items(tuple.Values, list, path),
        (ScaleValue.Composite fields, JsonObject named) => Fields(fields, named, path),
        // An event names its pallet and itself by their indices.
        (ScaleValue.Variant { Fields.Values: [ScaleValue.Variant inner] } pallet, JsonObject indexed) when indexed["index"] is { } index =>
            Same(Convert.ToHexStringLower([pallet.Index, inner.Index]), ((string)index!)[2..], path) ?? Items(inner.Fields.Values, indexed["data"]!.AsArray(), path),
        (ScaleValue.Variant variant, JsonValue value) when value.GetValueKind() == JsonValueKind.String => Same(variant.Name, (string)value!, path),
        (ScaleValue.Variant variant, JsonObject { Count: 1 } named) => Same(Camel(variant.Name), named.First().Key, path) ?? Case(variant.Fields, named.First().Value, $"{path}.{variant.Name}"),
        _ => $"{path}: {ours} and {theirs?.ToJsonString() ?? "null"}",
    };

    static string? Case(ScaleValue.Composite fields, JsonNode? theirs, string path) =>
        fields.Values.IsEmpty ? (theirs is null ? null : $"{path}: nothing and {theirs.ToJsonString()}")
        : fields.Values.Length == 1 && fields.Names[0] is null ? Difference(fields.Values[0], theirs, path)
        : Difference(fields, theirs, path);

    static string? Fields(ScaleValue.Composite ours, JsonObject theirs, string path)
    {
        if (ours.Names.Length != theirs.Count)
            return $"{path}: fields {string.Join(' ', ours.Names)} and {string.Join(' ', theirs.Select(field => field.Key))}";
        return ours.Names.Zip(ours.Values).Select(field => Difference(field.Second, theirs[Camel(field.First!)], $"{path}.{field.First}")).FirstOrDefault(difference => difference is not null);
    }

    static string? Items(IReadOnlyList<ScaleValue> ours, JsonArray theirs, string path) => ours.Count != theirs.Count
        ? $"{path}: {ours.Count} and {theirs.Count} items"
        : ours.Select((item, i) => Difference(item, theirs[i], $"{path}[{i}]")).FirstOrDefault(difference => difference is not null);

    static string? Same<T>(T ours, T theirs, string path) => Equals(ours, theirs) ? null : $"{path}: {ours} and {theirs}";

    /// <summary>Bytes as the text they are compared with spells them: hex, an account's address, or characters.</summary>
    static string Spell(byte[] bytes, string like) => like.StartsWith("0x", StringComparison.Ordinal)
        ? "0x" + Convert.ToHexStringLower(bytes)
        : bytes.Length == AccountId.Length ? new AccountId(bytes).ToString() : System.Text.Encoding.UTF8.GetString(bytes);

    /// <summary>Numbers beyond 2^53 are hex text.</summary>
    static UInt128 Number(JsonValue value) => value.GetValueKind() == JsonValueKind.String
        ? UInt128.Parse(((string)value!)[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture)
        : (ulong)value;

    /// <summary>A runtime's name as JavaScript spells it.</summary>
    public static string Camel(string name)
    {
        var parts = name.Split('_');
        return char.ToLowerInvariant(parts[0][0]) + parts[0][1..] + string.Concat(parts.Skip(1).Select(part => char.ToUpperInvariant(part[0]) + part[1..]));
    }
}
