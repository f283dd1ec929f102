namespace ComputeMiner.Containers.Disks;

/// <content>What no container has.</content>
sealed partial class LoopDisks
{
    static readonly EnumerationOptions Deep = new() { RecurseSubdirectories = true, MaxRecursionDepth = 1, IgnoreInaccessible = false };

    /// <summary>Takes away the disks no container has, those of a crash among them. Never fails: what is left goes at the next sweep.</summary>
    /// <param name="readUsed">The names containers have; asked after the files were looked at, so that one just made is among them.</param>
    public async Task SweepAsync(Func<Task<IReadOnlySet<string>>> readUsed)
    {
        string[] unlocked;
        string[] points;
        lock (Directories)
        {
            // Between being made and being locked one would look left over.
            foreach (var name in Names(ReadySuffix).Where(name => !IsLocked(Ready(name))))
                Delete(Ready(name));
            unlocked = [.. Names(Suffix).Where(name => !IsLocked(Image(name)))];
            points = [.. Points().Where(name => !File.Exists(Here(Image(name))))];
        }
        var used = await readUsed();
        foreach (var name in (string[])[.. Names(GoneSuffix), .. unlocked.Where(name => !used.Contains(name) && !IsOnRecord(name))])
            await RemoveAsync(name);
        // A mount whose file is away may be the last that holds what a tenant wrote.
        foreach (var name in points.Where(name => !used.Contains(name) && !IsOnRecord(name)))
            await RemoveAsync(name);
    }

    // The engine does not tell of a container it cannot load, as after a change of its storage driver, and brings it back once it can. What it
    // keeps of it names its disk.
    bool IsOnRecord(string name)
    {
        try
        {
            return Directory.Exists(Here(records)) && Directory.EnumerateFiles(Here(records), "*.json", Deep).Any(file => Mentions(file, name));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    static bool Mentions(string file, string name)
    {
        try
        {
            return File.ReadAllText(file).Contains(name, StringComparison.Ordinal);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            // Its container was removed just now.
            return false;
        }
    }

    bool IsLocked(string image)
    {
        try
        {
            using var file = new FileStream(Here(image), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    string[] Points()
    {
        try
        {
            return [.. Directory.GetDirectories(Here(mounts)).Select(each => Path.GetFileName(each))];
        }
        catch (DirectoryNotFoundException)
        {
            // No disk was ever mounted since the machine started.
            return [];
        }
    }
}
