namespace DevNet.Metadata;

/// <summary>Reads the texts in which this chain's types are written down: Rust's notation, with short names for paths.</summary>
static class TypeText
{
    /// <summary>Splits at the commas outside any bracket. An empty text has no parts.</summary>
    public static List<string> SplitList(string text)
    {
        var parts = new List<string>();
        var (depth, start) = (0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            depth += text[i] switch { '<' or '(' or '[' => 1, '>' or ')' or ']' => -1, _ => 0 };
            if (text[i] == ',' && depth == 0)
            {
                parts.Add(text[start..i].Trim());
                start = i + 1;
            }
        }
        var last = text[start..].Trim();
        if (last.Length > 0)
            parts.Add(last);
        return parts;
    }

    /// <summary>The text between <c>name&lt;</c> and the closing <c>&gt;</c>, when <paramref name="text"/> has that form.</summary>
    public static bool TryGeneric(string text, string name, out string inner)
    {
        var matches = text.Length > name.Length + 2 && text[name.Length] == '<' && text[^1] == '>' && text.StartsWith(name, StringComparison.Ordinal);
        inner = matches ? text[(name.Length + 1)..^1] : "";
        return matches;
    }

    /// <summary>
    /// The rows of a table, trimmed, without blank ones. A row goes on in the next line after a comma, or where that begins with <c>--</c>.
    /// </summary>
    public static List<string> Lines(string table)
    {
        var rows = new List<string>();
        foreach (var line in table.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (rows.Count > 0 && (rows[^1].EndsWith(',') || line.StartsWith("-- ", StringComparison.Ordinal)))
                rows[^1] += " " + line;
            else
                rows.Add(line);
        }
        return rows;
    }
}
