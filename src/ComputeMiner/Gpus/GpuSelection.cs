using System.Globalization;

namespace ComputeMiner.Gpus;

/// <summary>Which GPUs are handed out, as an operator writes it: <c>all</c>, <c>none</c>, or indices and UUIDs with commas.</summary>
sealed record GpuSelection
{
    public static GpuSelection All { get; } = new() { Text = "all" };

    public static GpuSelection None { get; } = new() { Text = "none" };

    /// <summary>The text in its one form; two selections are the same when it is.</summary>
    public required string Text { get; init; }

    /// <summary>Null when it is understood, else what is allowed.</summary>
    public static string? Read(string text, out GpuSelection? selection)
    {
        const string allowed = "all, none, or a list of indices and UUIDs such as 0,2 or GPU-5a6b…,GPU-7c8d…, each once";
        var entries = text.Split(',', StringSplitOptions.TrimEntries);
        var word = text.Trim().ToLowerInvariant();
        selection = word is "all" or "none" ? new GpuSelection { Text = word }
            : Array.TrueForAll(entries, IsEntry) && entries.Distinct().Count() == entries.Length ? new GpuSelection { Text = string.Join(',', entries) }
            : null;
        return selection is null ? allowed : null;
    }

    /// <summary>UUIDs of the chosen ones.</summary>
    /// <exception cref="FormatException">One is named that is not there; the message says which there are.</exception>
    public IReadOnlyList<string> Choose(IReadOnlyList<Gpu> found)
    {
        if (this == None)
            return [];
        if (this == All)
            return [.. found.Select(gpu => gpu.Uuid)];
        var chosen = Text.Split(',').Select(entry => found.FirstOrDefault(gpu => Names(entry, gpu))?.Uuid ?? throw Missing(entry, found)).ToList();
        return chosen.Distinct().Count() == chosen.Count ? chosen : throw new FormatException($"container.gpus = '{Text}' names a GPU by its index and by its UUID. Name it once.");
    }

    public override string ToString() => Text;

    static bool Names(string entry, Gpu gpu) => entry == gpu.Uuid || entry == gpu.Index.ToString(CultureInfo.InvariantCulture);

    static bool IsEntry(string entry) =>
        (entry.Length is > 0 and <= 3 && entry.All(char.IsAsciiDigit) && (entry == "0" || entry[0] != '0'))
        || (entry.Length is > 4 and <= 80 && entry.StartsWith("GPU-", StringComparison.Ordinal) && entry[4..].All(each => char.IsAsciiHexDigit(each) || each == '-'));

    static FormatException Missing(string entry, IReadOnlyList<Gpu> found)
    {
        var there = found.Count == 0 ? "The driver shows none at all" : $"There are {string.Join(", ", found.Select(gpu => $"{gpu.Index} ({gpu.Uuid})"))}";
        return new FormatException($"container.gpus names {entry}, which is not there. {there}. See `nvidia-smi -L`.");
    }
}
