using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Bittensor.Keys;

namespace Bittensor.Axon;

/// <summary>
/// Keeps the <see cref="NonceMarks"/> on disk: a few kilobytes, replaced whole, so that a reader finds the old or the new ones and nothing
/// between. Layout: "NONCES1\0", clock, count, (hotkey, bound) each, SHA-256 of all of it; numbers are little-endian, 8 bytes.
/// </summary>
sealed partial class NonceFile(string path)
{
    /// <summary>More hotkeys ahead of the clock than a subnet has; a larger file is not ours.</summary>
    const int MostEntries = 4096;

    const int Entry = AccountId.Length + sizeof(long);

    const int ReadOnly = 0;

    const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    static ReadOnlySpan<byte> Magic => "NONCES1\0"u8;

    static int HeadLength => Magic.Length + (2 * sizeof(long));

    public string Path => path;

    /// <summary>What was written last; null when there is no file.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or not of this kind.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public NonceMarks? Read()
    {
        if (!File.Exists(path))
            return null;
        if (new FileInfo(path).Length > HeadLength + (MostEntries * Entry) + SHA256.HashSizeInBytes)
            throw new InvalidDataException("It is too large.");
        var bytes = File.ReadAllBytes(path).AsSpan();
        if (bytes.Length < HeadLength + SHA256.HashSizeInBytes || !bytes.StartsWith(Magic))
            throw new InvalidDataException("It is not a file of nonces.");
        var content = bytes[..^SHA256.HashSizeInBytes];
        if (!SHA256.HashData(content).AsSpan().SequenceEqual(bytes[^SHA256.HashSizeInBytes..]))
            throw new InvalidDataException("Its check sum is wrong.");
        var clock = BinaryPrimitives.ReadInt64LittleEndian(content[Magic.Length..]);
        var entries = content[HeadLength..];
        if (BinaryPrimitives.ReadInt64LittleEndian(content[(Magic.Length + sizeof(long))..]) * Entry != entries.Length)
            throw new InvalidDataException("Its length is wrong.");
        var ahead = ImmutableDictionary.CreateBuilder<Hotkey, long>();
        for (; !entries.IsEmpty; entries = entries[Entry..])
            ahead[new Hotkey(new AccountId(entries[..AccountId.Length]))] = BinaryPrimitives.ReadInt64LittleEndian(entries[AccountId.Length..]);
        return new NonceMarks(clock, ahead.ToImmutable());
    }

    /// <summary>On disk when this returns, whatever happens to the process or the machine then.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Write(NonceMarks marks)
    {
        var fresh = path + ".new";
        using (var file = new FileStream(fresh, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = Private,
            BufferSize = 0,
        }))
        {
            file.Write(Encode(marks));
            file.Flush(flushToDisk: true);
        }
        File.Move(fresh, path, overwrite: true);
        FlushDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
    }

    /// <summary>A new name is on disk only when its directory is, and .NET opens no directories.</summary>
    static void FlushDirectory(string directory)
    {
        var descriptor = open(directory, ReadOnly);
        if (descriptor < 0 || fsync(descriptor) < 0 | close(descriptor) < 0)
            throw new IOException($"The directory {directory} cannot be flushed to disk.");
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc")]
    private static partial int fsync(int descriptor);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);

    static byte[] Encode(NonceMarks marks)
    {
        var bytes = new byte[HeadLength + (marks.Ahead.Count * Entry) + SHA256.HashSizeInBytes];
        var rest = bytes.AsSpan();
        Magic.CopyTo(rest);
        BinaryPrimitives.WriteInt64LittleEndian(rest[Magic.Length..], marks.Clock);
        BinaryPrimitives.WriteInt64LittleEndian(rest[(Magic.Length + sizeof(long))..], marks.Ahead.Count);
        rest = rest[HeadLength..];
        foreach (var (hotkey, bound) in marks.Ahead)
        {
            hotkey.Account.Bytes.CopyTo(rest);
            BinaryPrimitives.WriteInt64LittleEndian(rest[AccountId.Length..], bound);
            rest = rest[Entry..];
        }
        SHA256.HashData(bytes.AsSpan(..^SHA256.HashSizeInBytes), rest);
        return bytes;
    }
}
