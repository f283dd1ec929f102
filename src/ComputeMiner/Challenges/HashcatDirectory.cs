namespace ComputeMiner.Challenges;

/// <summary>
/// Where hashcat keeps its files, for the owner's eyes only: compiled kernels, which cost a minute and stay, and one directory per
/// run, which goes with the run. A killed miner's leftovers go at the next start.
/// </summary>
sealed class HashcatDirectory
{
    const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    readonly string _runs;

    HashcatDirectory(string root, string runs) => (Cache, _runs) = (Path.Combine(root, "cache"), Path.Combine(root, runs));

    /// <summary>Compiled kernels.</summary>
    public string Cache { get; }

    /// <summary>Opens the directory in a miner's state directory and empties it of old runs.</summary>
    /// <param name="stateDirectory">One miner uses it at a time.</param>
    /// <param name="runs">Names whose runs: a benchmark's are not the miner's.</param>
    /// <exception cref="HashcatException">It cannot be written.</exception>
    public static HashcatDirectory Open(string stateDirectory, string runs = "runs")
    {
        var root = Path.Combine(Path.GetFullPath(stateDirectory), "hashcat");
        var directory = new HashcatDirectory(root, runs);
        try
        {
            if (Directory.Exists(directory._runs))
                Directory.Delete(directory._runs, recursive: true);
            foreach (var path in new[] { root, directory.Cache, directory._runs })
                Directory.CreateDirectory(path, OwnerOnly);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new HashcatException($"Cannot make {root}: {fault.Message.TrimEnd('.')}. Choose a writable directory with --state.dir.", fault);
        }
        return directory;
    }

    /// <summary>A directory for one run.</summary>
    public string CreateRun()
    {
        var path = Path.Combine(_runs, Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(path, OwnerOnly);
        return path;
    }

    /// <summary>Removes a run's directory. Whatever hashcat left in it cannot hold the answer up.</summary>
    public static void RemoveRun(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // It goes at the next start.
        }
    }
}
