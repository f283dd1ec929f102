namespace ComputeMiner.Tests;

/// <summary>The repository the tests were built in. Paths of sources are not compiled in: a build server maps them.</summary>
static class Checkout
{
    public static string Root { get; } = Find();

    static string Find()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "ComputeMiner.slnx")))
            directory = directory.Parent ?? throw new DirectoryNotFoundException($"No ComputeMiner.slnx lies above {AppContext.BaseDirectory}.");
        return directory.FullName;
    }
}
