namespace ComputeMiner.Specs;

/// <summary>The kernel's files about this machine.</summary>
/// <param name="root">Above <c>proc</c> and <c>sys</c>.</param>
sealed class MachineFiles(string root = "/")
{
    /// <summary>The file's text, without white space around it.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public string ReadText(string path) => File.ReadAllText(Path.Combine(root, path)).Trim();

    /// <summary>The same; null where there is no such file, or it does not answer.</summary>
    public string? TryReadText(string path)
    {
        try
        {
            return ReadText(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Directories whose name is a word and a number, by the number.</summary>
    public IEnumerable<string> Numbered(string directory, string word)
    {
        var whole = Path.Combine(root, directory);
        if (!Directory.Exists(whole))
            return [];
        return
            from path in Directory.EnumerateDirectories(whole, word + "*")
            let number = Path.GetFileName(path)[word.Length..]
            where number.Length is > 0 and < 7 && number.All(char.IsAsciiDigit)
            orderby int.Parse(number, System.Globalization.CultureInfo.InvariantCulture)
            select Path.GetRelativePath(root, path);
    }
}
