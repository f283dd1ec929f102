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

    const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>SQLite's files that belong to the database's.</summary>
    static readonly string[] Beside = [AllocationLedger.FileName + "-wal", AllocationLedger.FileName + "-shm"];

    readonly string _directory = Path.Combine(root, DirectoryName);

    /// <summary>Copies it; nobody may have it open.</summary>
    public void Take()
    {
        Drop();
        Directory.CreateDirectory(_directory, Private);
        Copy(stateDirectory, _directory);
    }

    /// <summary>Puts it back, where one was taken; nobody may have the ledger open.</summary>
    public void Restore()
    {
        if (!File.Exists(Path.Combine(_directory, AllocationLedger.FileName)))
            return;
        foreach (var name in Beside)
            DurableFile.Delete(Path.Combine(stateDirectory, name));
        Copy(_directory, stateDirectory);
        Drop();
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
    public void Drop()
    {
        if (Directory.Exists(_directory))
            Directory.Delete(_directory, recursive: true);
    }
}
