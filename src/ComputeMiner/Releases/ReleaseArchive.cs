using System.Formats.Tar;
using System.IO.Compression;
using Bittensor.Files;

namespace ComputeMiner.Releases;

/// <summary>Unpacks a release: plain files and directories within its own directory, so many and so large at most, and nothing else.</summary>
static class ReleaseArchive
{
    public const int MostEntries = 2000;

    /// <summary>Bytes of all files together.</summary>
    public const long Largest = 1L << 30;

    const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    const UnixFileMode PrivateProgram = PrivateFile | UnixFileMode.UserExecute;
    const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Unpacks beside <paramref name="target"/> and takes its place when everything is on disk: it is there whole, or not at all.</summary>
    /// <exception cref="ReleaseException">The archive holds something it may not.</exception>
    /// <exception cref="IOException">It cannot be written here.</exception>
    public static async Task UnpackAsync(string archive, string target, CancellationToken cancellation, long largest = Largest)
    {
        var fresh = target + ".new";
        if (Directory.Exists(fresh))
            Directory.Delete(fresh, recursive: true);
        Directory.CreateDirectory(fresh, PrivateProgram);
        try
        {
            await using (var file = File.OpenRead(archive))
            await using (var plain = new GZipStream(file, CompressionMode.Decompress))
                await UnpackAsync(plain, fresh, largest, cancellation);
        }
        catch (InvalidDataException fault)
        {
            throw new ReleaseException("is no archive that can be read (tar, gzip)", isFinal: true, fault);
        }
        catch (EndOfStreamException fault)
        {
            throw new ReleaseException("is no archive that can be read: it ends too soon", isFinal: true, fault);
        }
        foreach (var path in Directory.EnumerateFileSystemEntries(fresh, "*", SearchOption.AllDirectories).DistinctBy(Path.GetDirectoryName))
            DurableFile.FlushDirectoryOf(path);
        if (Directory.Exists(target))
            Directory.Delete(target, recursive: true);
        Directory.Move(fresh, target);
        DurableFile.FlushDirectoryOf(target);
    }

    static async Task UnpackAsync(Stream plain, string root, long left, CancellationToken cancellation)
    {
        await using var tar = new TarReader(plain);
        for (var entries = 0; await tar.GetNextEntryAsync(copyData: false, cancellation) is { } entry;)
        {
            if (++entries > MostEntries)
                throw new ReleaseException($"has more than {MostEntries} files", isFinal: true);
            if (entry.EntryType is TarEntryType.GlobalExtendedAttributes)
                continue;
            var path = Place(root, entry.Name);
            if (entry.EntryType is TarEntryType.Directory)
                Directory.CreateDirectory(path, PrivateProgram);
            else if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile)
                left = await WriteAsync(entry, path, left, cancellation);
            else
                throw new ReleaseException($"holds '{Shown(entry.Name)}', which is a {entry.EntryType}: only files and directories are allowed", isFinal: true);
        }
    }

    static string Place(string root, string name)
    {
        var parts = name.TrimEnd('/').Split('/').Where(part => part != ".").ToArray();
        if (!name.StartsWith('/') && !name.Contains('\0', StringComparison.Ordinal) && !parts.Contains("..") && !parts.Contains(""))
        {
            var path = Path.GetFullPath(Path.Combine([root, .. parts]));
            if (path == root || path.StartsWith(root + "/", StringComparison.Ordinal))
                return path;
        }
        throw new ReleaseException($"holds '{Shown(name)}', which leads out of its directory", isFinal: true);
    }

    static async Task<long> WriteAsync(TarEntry entry, string path, long left, CancellationToken cancellation)
    {
        if (entry.Length > left)
            throw new ReleaseException("is larger unpacked than a release may be", isFinal: true);
        if (Path.Exists(path))
            throw new ReleaseException($"holds '{Shown(entry.Name)}' twice", isFinal: true);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, PrivateProgram);
        await using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = (entry.Mode & AnyExecute) != 0 ? PrivateProgram : PrivateFile,
        });
        if (entry.DataStream is { } data)
            await data.CopyToAsync(file, cancellation);
        file.Flush(flushToDisk: true);
        return left - entry.Length;
    }

    static string Shown(string name) => string.Concat(name.Take(100).Select(c => char.IsControl(c) ? '?' : c));
}
