using System.Formats.Tar;
using System.Text;

namespace ComputeMiner.Containers;

/// <summary>Tar streams for the engine's archive and build requests.</summary>
static class TarArchive
{
    /// <summary>
    /// Where a file is staged before it takes its name. It stays as a second name of the same file, below the tmpfs that every container
    /// has on /dev: on the same file system as the rest, and out of the tenant's sight.
    /// </summary>
    const string StagedPath = "dev/.computeminer-staged";

    /// <summary>Files for extraction at "/" of a container that does not run yet.</summary>
    public static MemoryStream ForDelivery(IReadOnlyList<DeliveredFile> files) => Write(writer =>
    {
        foreach (var file in files)
            WriteFile(writer, file.Path.TrimStart('/'), file.Content, file.Mode);
    });

    /// <summary>
    /// One file for extraction at "/" of a container that runs. It arrives under another name and is then linked to its own: whoever reads
    /// meanwhile sees the old file, none, or the whole new one, never a part. The engine cannot rename, so the staged name stays.
    /// </summary>
    public static MemoryStream ForReplacement(DeliveredFile file) => Write(writer =>
    {
        var name = file.Path.TrimStart('/');
        var directory = name[..(name.LastIndexOf('/') + 1)];
        writer.WriteEntry(new UstarTarEntry(TarEntryType.Directory, directory) { Mode = DeliveredFile.Private | UnixFileMode.UserExecute });
        WriteFile(writer, StagedPath, file.Content, file.Mode);
        writer.WriteEntry(new UstarTarEntry(TarEntryType.HardLink, name) { LinkName = StagedPath, Mode = file.Mode });
    });

    /// <summary>
    /// Files for extraction at "/" of a container that runs, each by way of another name as in <see cref="ForReplacement"/>. Nothing is said
    /// about their directories.
    /// </summary>
    public static MemoryStream ForPublication(IReadOnlyList<DeliveredFile> files) => Write(writer =>
    {
        foreach (var file in files)
        {
            var name = file.Path.TrimStart('/');
            var staged = $"{StagedPath}-{name.Replace('/', '-')}";
            WriteFile(writer, staged, file.Content, file.Mode);
            writer.WriteEntry(new UstarTarEntry(TarEntryType.HardLink, name) { LinkName = staged, Mode = file.Mode });
        }
    });

    /// <summary>A build context of text files.</summary>
    public static MemoryStream ForBuild(params (string Name, string Text)[] files) => Write(writer =>
    {
        foreach (var (name, text) in files)
            WriteFile(writer, name, Encoding.UTF8.GetBytes(text), DeliveredFile.Readable);
    });

    /// <summary>The first file in the archive, or null when it is no plain file or longer than the limit.</summary>
    public static async Task<byte[]?> ReadFirstFileAsync(Stream archive, int limit, CancellationToken cancellation)
    {
        await using var reader = new TarReader(archive, leaveOpen: true);
        var entry = await reader.GetNextEntryAsync(copyData: false, cancellation);
        if (entry?.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile) || entry.Length > limit)
            return null;
        var content = new byte[entry.Length];
        if (entry.DataStream is not null)
            await entry.DataStream.ReadExactlyAsync(content, cancellation);
        return content;
    }

    static MemoryStream Write(Action<TarWriter> entries)
    {
        var stream = new MemoryStream();
        using (var writer = new TarWriter(stream, TarEntryFormat.Ustar, leaveOpen: true))
            entries(writer);
        stream.Position = 0;
        return stream;
    }

    static void WriteFile(TarWriter writer, string name, byte[] content, UnixFileMode mode) =>
        writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content), Mode = mode });
}
