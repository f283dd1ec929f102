namespace ComputeMiner.Configuration;

/// <summary>Finds the known name that a wrong one was probably meant to be.</summary>
static class Suggestion
{
    /// <summary>The nearest known name, or null when none is near: at most two typing errors, and at most one in four characters.</summary>
    public static string? For(string name, IEnumerable<string> known)
    {
        var typed = Normal(name);
        var most = Math.Min(2, typed.Length / 4);
        return known.Select(k => (Name: k, Distance: Distance(typed, Normal(k))))
            .Where(c => c.Distance <= most)
            .OrderBy(c => c.Distance)
            .Select(c => c.Name)
            .FirstOrDefault();
    }

    // Dots, dashes and underscores are mixed up most of all.
    static string Normal(string name) => name.TrimStart('-').ToLowerInvariant().Replace('-', '.').Replace('_', '.');

    /// <summary>Insertions, deletions, replacements and swaps of neighbours between two texts (optimal string alignment).</summary>
    static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            rows[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            rows[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var replace = rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(replace, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }
        return rows[a.Length, b.Length];
    }
}
