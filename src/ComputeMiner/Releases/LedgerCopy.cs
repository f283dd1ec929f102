using Bittensor.Files;
using ComputeMiner.Allocations;

namespace ComputeMiner.Releases;

/// <summary>
/// The ledger as it was before a release is tried. A newer program may bring its tables to a form that the older one refuses. Nobody has
/// the machine while a release is tried, so that going back to the copy loses nobody's allocation.
/// </summary>
sealed class LedgerCopy(string stateDirectory, string root)
{
    public const string DirectoryName = "ledger";
    public const string BeforeName = "ledger-before";

    const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>SQLite's files that belong to the database's.</summary>
    static readonly string[] Beside = [AllocationLedger.FileName + "-wal", AllocationLedger.FileName + "-shm"];

    readonly string _directory = Path.Combine(root, DirectoryName);
    readonly string _before = Path.Combine(root, BeforeName);

    /// <summary>The ledger says that somebody has the machine; nobody may have it open.</summary>
    public bool IsHeld() => LedgerSchema.IsHeld(Path.Combine(stateDirectory, AllocationLedger.FileName));

    /// <summary>Copies it; nobody may have it open.</summary>
    public void Take()
    {
        Drop();
        Directory.CreateDirectory(_directory, Private);
        try
        {
            Copy(stateDirectory, _directory);
        }
        catch (IOException)
        {
            // Perhaps a full disk, which is the ledger's own.
            Drop();
            throw;
        }
    }

    /// <summary>Puts it back, where one was taken; nobody may have the ledger open.</summary>
    public void Restore() => Restore(_directory);

    /// <summary>
    /// The release is good: the copy is put by while the release is watched, and is not needed otherwise. What cannot be done here is done
    /// when the next one is tried.
    /// </summary>
    public void PutBy(bool isWatched)
    {
        try
        {
            if (isWatched && Directory.Exists(_directory))
            {
                Drop(_before);
                Directory.Move(_directory, _before);
            }
            Drop();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // It costs space, and is not put back: only a trial's copy is.
        }
    }

    /// <summary>
    /// The release is given up after all. The ledger stays, unless it has a form now that the version before does not read: then the copy that
    /// was put by takes its place, and what was handed out since is found by its container, as with a lost ledger. Nobody may have it open.
    /// </summary>
    /// <returns>Whether the copy took its place.</returns>
    public bool GoBack()
    {
        var copy = Path.Combine(_before, AllocationLedger.FileName);
        if (!File.Exists(copy) || LedgerSchema.VersionOf(Path.Combine(stateDirectory, AllocationLedger.FileName)) is not { } now
            || LedgerSchema.VersionOf(copy) is not { } before || now <= before)
            return false;
        Restore(_before);
        return true;
    }

    void Restore(string from)
    {
        if (!File.Exists(Path.Combine(from, AllocationLedger.FileName)))
            return;
        foreach (var name in Beside)
            DurableFile.Delete(Path.Combine(stateDirectory, name));
        Copy(from, stateDirectory);
        Drop(from);
    }

    // The database itself last: a copy without it is none, and a kill in between leaves the whole one for the next start.
    static void Copy(string from, string to)
    {
        foreach (var name in Beside.Append(AllocationLedger.FileName).Where(name => File.Exists(Path.Combine(from, name))))
        {
            using var source = File.OpenRead(Path.Combine(from, name));
            DurableFile.Replace(Path.Combine(to, name), source.CopyTo);
        }
    }

    /// <summary>It is not needed any more.</summary>
    public void Drop() => Drop(_directory);

    static void Drop(string directory)
    {
        if (!Directory.Exists(directory))
            return;
        // First, as without it nothing is put back: a kill in the middle leaves no database that lacks its log.
        DurableFile.Delete(Path.Combine(directory, AllocationLedger.FileName));
        Directory.Delete(directory, recursive: true);
    }
}
