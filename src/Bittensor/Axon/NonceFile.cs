using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Bittensor.Files;
using Bittensor.Keys;

namespace Bittensor.Axon;

/// <summary>
/// Keeps the <see cref="NonceMarks"/> on disk: a few kilobytes, replaced whole, so that a reader finds the old or the new ones and nothing
/// between. Layout: "NONCES1\0", clock, count, (hotkey, bound) each, SHA-256 of all of it; numbers are little-endian, 8 bytes.
/// </summary>
sealed class NonceFile(string path)
{
    /// <summary>More hotkeys ahead of the clock than a subnet has; a larger file is not ours.</summary>
    const int MostEntries = 4096;

    const int Entry = AccountId.Length + sizeof(long);

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
        var bytes = Encode(marks);
        DurableFile.Replace(path, file => file.Write(bytes));
    }

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
