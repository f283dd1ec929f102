namespace DevNet.Metadata;

/// <summary>A pallet constant and its encoded value.</summary>
sealed record ConstantDefinition(string Name, string Type, byte[] Value)
{
    /// <summary>Reads a table with one constant per line: <c>SS58Prefix: u16 = 2a00</c>.</summary>
    public static ConstantDefinition[] ParseTable(string table) => [.. TypeText.Lines(table).Select(Parse)];

    static ConstantDefinition Parse(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        var equals = line.IndexOf(" = ", StringComparison.Ordinal);
        return new(line[..colon], line[(colon + 1)..equals].Trim(), Convert.FromHexString(line[(equals + 3)..]));
    }
}
