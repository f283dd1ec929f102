namespace Scenarios;

/// <summary>Rows that are printed as a Markdown table, to be put into docs/benchmarks.md as they are.</summary>
sealed class MarkdownTable(string title, params string[] columns)
{
    readonly List<string[]> _rows = [];

    public void Add(params string[] cells) => _rows.Add(cells);

    public void Print()
    {
        Console.WriteLine($"\n### {title}\n");
        Console.WriteLine($"| {string.Join(" | ", columns)} |");
        Console.WriteLine($"|{string.Concat(columns.Select((_, i) => i == 0 ? "---|" : "---:|"))}");
        foreach (var row in _rows)
            Console.WriteLine($"| {string.Join(" | ", row)} |");
    }
}
