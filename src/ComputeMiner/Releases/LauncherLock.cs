namespace ComputeMiner.Releases;

/// <summary>One miner at a time decides which version runs on a state directory: a second one would take a trial of the first for an old one.</summary>
static class LauncherLock
{
    public const string FileName = "lock";

    /// <summary>EWOULDBLOCK of Linux's errno.h: somebody else has locked the file.</summary>
    const int IsLocked = 11;

    const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Has it until it is disposed of, or this process ends; null where no file can be made, which the ledger says better.</summary>
    /// <exception cref="StartupException">Another process has it.</exception>
    public static IDisposable? Take(UpdateStore store)
    {
        try
        {
            store.Prepare();
            return new FileStream(store.PathOf(FileName), new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = Private,
            });
        }
        catch (IOException fault) when (fault.HResult == IsLocked)
        {
            throw new StartupException($"Another miner runs on {Path.GetDirectoryName(store.Root)}. Stop that one, or give this one a directory of its own with --state.dir.", fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
