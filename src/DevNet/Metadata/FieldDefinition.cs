namespace DevNet.Metadata;

/// <summary>A named (or, in tuples, unnamed) field and the text of its type, e.g. <c>netuid: NetUid</c>.</summary>
readonly record struct FieldDefinition(string? Name, string Type)
{
    /// <summary>Reads <c>a: u8, b: Vec&lt;u16&gt;</c> or <c>u8, Vec&lt;u16&gt;</c>.</summary>
    public static FieldDefinition[] ParseList(string text) => [.. TypeText.SplitList(text).Select(Parse)];

    static FieldDefinition Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? new(null, text) : new(text[..colon].Trim(), text[(colon + 1)..].Trim());
    }
}
