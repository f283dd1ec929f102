namespace ComputeMiner.Gpus;

/// <summary>The GPU errors since boot that no operator has dealt with yet.</summary>
sealed class XidLog(string stateDirectory)
{
    public const string FileName = "xids-cleared";

    string Path => System.IO.Path.Combine(stateDirectory, FileName);

    /// <summary>None where the kernel's log may not be read; <see cref="KernelLog.TryRead"/> tells whether it may.</summary>
    public IReadOnlyList<XidError> Read()
    {
        var cleared = ReadCleared();
        return [.. XidError.Find(KernelLog.TryRead() ?? "").Where(error => !cleared.Contains(error.Line))];
    }

    /// <summary>From now on the errors that are there count no more; the running miner sees it at its next look.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Clear() => File.WriteAllLines(Path, XidError.Find(KernelLog.TryRead() ?? "").Select(error => error.Line));

    HashSet<string> ReadCleared()
    {
        try
        {
            return File.Exists(Path) ? [.. File.ReadAllLines(Path)] : [];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // Not readable means: nothing was dealt with.
            return [];
        }
    }
}
