using System.Globalization;

namespace DevNet.Metadata;

/// <summary>One variant of an enum: a call, an event, an error, or of any other enum.</summary>
sealed record VariantDefinition(byte Index, string Name, FieldDefinition[] Fields, string Docs)
{
    /// <summary>Reads a table with one variant per line: <c>4 serve_axon(netuid: NetUid, ...) -- what it does</c>.</summary>
    public static VariantDefinition[] ParseTable(string table) => [.. TypeText.Lines(table).Select(Parse)];

    static VariantDefinition Parse(string line)
    {
        var docsAt = line.IndexOf(" -- ", StringComparison.Ordinal);
        var (head, docs) = docsAt < 0 ? (line, "") : (line[..docsAt].TrimEnd(), line[(docsAt + 4)..]);
        var space = head.IndexOf(' ', StringComparison.Ordinal);
        var open = head.IndexOf('(', StringComparison.Ordinal);
        var name = open < 0 ? head[(space + 1)..] : head[(space + 1)..open];
        var fields = open < 0 ? [] : FieldDefinition.ParseList(head[(open + 1)..^1]);
        return new(byte.Parse(head[..space], CultureInfo.InvariantCulture), name, fields, docs);
    }
}
