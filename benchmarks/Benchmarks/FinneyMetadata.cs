namespace Benchmarks;

/// <summary>
/// The real metadata of finney, spec version 365: the file that <c>FINNEY_METADATA</c> names, else <c>shared/reference/data/finney-365.scale</c>
/// in a folder above. It is not in this repository.
/// </summary>
static class FinneyMetadata
{
    public const string Variable = "FINNEY_METADATA";

    /// <summary>The file, or null where it is not there; the reason is printed once.</summary>
    public static string? File { get; } = Find();

    static string? Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
            return System.IO.File.Exists(named) ? named : throw new FileNotFoundException($"{Variable} names a file that is not there.", named);
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var file = Path.Combine(folder.FullName, "shared", "reference", "data", "finney-365.scale");
            if (System.IO.File.Exists(file))
                return file;
        }
        Console.WriteLine($"// rows of finney's metadata are left out: no shared/reference/data/finney-365.scale above, and {Variable} is not set");
        return null;
    }
}
