using System.Text.Json;

namespace Bittensor.Tests.Vectors;

/// <summary>Names the vectors of a list, so that a theory's failure says which it was.</summary>
static class JsonElementVectors
{
    /// <summary>One name per vector: its position in the list, then what it calls itself.</summary>
    public static TheoryData<string> Names(this JsonElement list, params string[] labels) =>
        [.. list.EnumerateArray().Select((vector, index) => NameOf(vector, index, labels))];

    /// <summary>The vector of a name that <see cref="Names"/> gave.</summary>
    public static JsonElement Find(this JsonElement list, string name) =>
        list[int.Parse(name.AsSpan(0, name.IndexOf(' ', StringComparison.Ordinal)))];

    static string NameOf(JsonElement vector, int index, string[] labels)
    {
        if (vector.ValueKind == JsonValueKind.String)
            return $"{index} {vector.GetString()}";
        var parts = labels.Append("name").Where(label => vector.TryGetProperty(label, out _)).Select(label => vector.GetProperty(label));
        return $"{index} {string.Join(' ', parts)}";
    }
}
