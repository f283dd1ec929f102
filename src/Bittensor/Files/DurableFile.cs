using System.Runtime.InteropServices;

namespace Bittensor.Files;

/// <summary>
/// Files that outlive a power failure: what a call wrote is on disk when it returns, and a reader finds the old content or the new, never a
/// part. Only the owner may read them.
/// </summary>
public static partial class DurableFile
{
    const int ReadOnly = 0;

    const UnixFileMode PrivateDirectory = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Replaces a file, or makes it.</summary>
    /// <param name="path">Its path; the directory is there.</param>
    /// <param name="write">Writes the whole content.</param>
    /// <exception cref="IOException">It cannot be written; the old file is as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written; the old file is as it was.</exception>
    public static void Replace(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        var fresh = path + ".new";
        using (var file = Open(fresh, FileMode.Create))
        {
            write(file);
            file.Flush(flushToDisk: true);
        }
        File.Move(fresh, path, overwrite: true);
        FlushDirectoryOf(path);
    }

    /// <summary>Makes an empty file where there is none.</summary>
    /// <param name="path">Its path; the directory is there.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public static void Touch(string path)
    {
        using (var file = Open(path, FileMode.OpenOrCreate))
            file.Flush(flushToDisk: true);
        FlushDirectoryOf(path);
    }

    /// <summary>Removes a file; none is success.</summary>
    /// <param name="path">Its path.</param>
    /// <exception cref="IOException">It cannot be removed.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be removed.</exception>
    public static void Delete(string path)
    {
        if (!File.Exists(path))
            return;
        File.Delete(path);
        FlushDirectoryOf(path);
    }

    /// <summary>Makes a directory and those above it where there are none.</summary>
    /// <param name="path">Its path.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public static void CreateDirectory(string path)
    {
        var directory = Path.GetFullPath(path);
        if (Directory.Exists(directory))
            return;
        if (Path.GetDirectoryName(directory) is { Length: > 0 } above)
            CreateDirectory(above);
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(directory);
        else
            Directory.CreateDirectory(directory, PrivateDirectory);
        FlushDirectoryOf(directory);
    }

    /// <summary>Makes the names in a file's or directory's directory durable: a new name is on disk only when its directory is.</summary>
    /// <param name="path">The file or directory that was made, renamed or removed.</param>
    /// <exception cref="IOException">The directory cannot be flushed to disk.</exception>
    public static void FlushDirectoryOf(string path)
    {
        // Windows writes names through by itself.
        if (OperatingSystem.IsWindows())
            return;
        var directory = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        // .NET opens no directories.
        var descriptor = open(directory, ReadOnly);
        if (descriptor < 0 || fsync(descriptor) < 0 | close(descriptor) < 0)
            throw new IOException($"The directory {directory} cannot be flushed to disk.");
    }

    static FileStream Open(string path, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = Private;
        return new FileStream(path, options);
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc")]
    private static partial int fsync(int descriptor);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);
}
