using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace ComputeMiner.Registry;

/// <summary>
/// JSON of other people's whose every text can be read. The grammar lets a key stand twice and half a surrogate pair stand as a text, and the
/// parser takes bytes that are no UTF-8: a tree takes them all and then throws at whoever looks there. Here none passes.
/// </summary>
static class ReadableJson
{
    static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>Null for what is no JSON, or not readable.</summary>
    /// <param name="utf8">The whole text.</param>
    public static JsonNode? Parse(ReadOnlySpan<byte> utf8)
    {
        if (!Utf8.IsValid(utf8))
            return null;
        try
        {
            Read(utf8);
            return JsonNode.Parse(utf8, documentOptions: Strict);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a text that no string can hold.
            return null;
        }
    }

    static void Read(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        while (reader.Read())
        {
            // Only an escape can spell half a character.
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
                _ = reader.GetString();
        }
    }
}
