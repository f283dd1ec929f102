using Bittensor.Files;

namespace Bittensor.Keys;

/// <summary>Writes files only their owner may read: whole or not at all, and never over an existing one unless told to.</summary>
static class PrivateFile
{
    const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    const UnixFileMode DirectoryMode = FileMode | UnixFileMode.UserExecute;

    const string TemporaryEnding = ".tmp";

    /// <summary>Whether it is the name of a file whose writer was killed: no key, although it may hold one.</summary>
    public static bool IsTemporary(string name) =>
        name.EndsWith(TemporaryEnding, StringComparison.Ordinal)
        && name.Split('.') is [.., var middle, _] && Guid.TryParseExact(middle, "N", out _);

    /// <exception cref="KeyfileException">The file exists and <paramref name="overwrite"/> is false, or the system refuses.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content, bool overwrite)
    {
        RequireAbsent(path, overwrite);
        var temporary = $"{path}.{Guid.NewGuid():N}{TemporaryEnding}";
        try
        {
            var directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
            CreateDirectory(directory);
            RemoveLeftovers(directory);
            // Shared for being renamed only: who else opens it alone finds its writer alive.
            var options = new FileStreamOptions { Mode = System.IO.FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.Delete };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = FileMode;
            using (var stream = new FileStream(temporary, options))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
                File.Move(temporary, path, overwrite);
            }
            DurableFile.FlushDirectoryOf(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(temporary))
                File.Delete(temporary);
            throw !overwrite && File.Exists(path)
                ? Exists(path)
                : new KeyfileException(path, $"It cannot be written: {error.Message} Check the directory's owner and free space.", error);
        }
    }

    /// <summary>Refuses early, before a caller spends seconds on encryption.</summary>
    /// <exception cref="KeyfileException">The file exists and <paramref name="overwrite"/> is false.</exception>
    public static void RequireAbsent(string path, bool overwrite)
    {
        if (!overwrite && File.Exists(path))
            throw Exists(path);
    }

    /// <summary>Removes what killed writers left: a key nobody was ever told of, readable by whoever gets at the disk.</summary>
    static void RemoveLeftovers(string directory)
    {
        foreach (var file in Directory.EnumerateFiles(directory, $"*{TemporaryEnding}").Where(file => IsTemporary(Path.GetFileName(file))))
        {
            try
            {
                using var alone = new FileStream(file, System.IO.FileMode.Open, FileAccess.ReadWrite, FileShare.None);
                File.Delete(file);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                // Its writer lives, or it is not ours to remove; the key to be written now is not concerned.
            }
        }
    }

    // The platform gives the mode to the last directory only, so each missing one is made by itself.
    static void CreateDirectory(string path)
    {
        if (Directory.Exists(path))
            return;
        if (Path.GetDirectoryName(path) is { Length: > 0 } parent)
            CreateDirectory(parent);
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, DirectoryMode);
    }

    static KeyfileException Exists(string path) =>
        new(path, "It exists already and is left as it is. Move it away, or ask for it to be overwritten.");
}
