namespace DevNet.Metadata;

/// <summary>One method of a runtime API.</summary>
sealed record ApiMethodDefinition(string Name, FieldDefinition[] Inputs, string Output)
{
    public static ApiMethodDefinition Parse(string line)
    {
        var open = line.IndexOf('(', StringComparison.Ordinal);
        var arrow = line.IndexOf(") -> ", StringComparison.Ordinal);
        return new(line[..open], FieldDefinition.ParseList(line[(open + 1)..arrow]), line[(arrow + 5)..]);
    }
}
