using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Bittensor.Axon;

/// <summary>
/// One number that no accepted nonce of the past exceeds, raised in steps before a nonce beyond it counts. It is written in place and not
/// flushed: a killed process cannot take it back from the kernel, and it costs microseconds. What a power failure can lose of it, the
/// <see cref="NonceFile"/> covers. Layout: the number and its complement, little-endian, 8 bytes each.
/// </summary>
sealed class NonceMark : IDisposable
{
    const int Length = 2 * sizeof(long);

    /// <summary>How far it is raised beyond a nonce, so that not every request is a write: for so long a caller may be refused after a kill.</summary>
    static readonly long Step = 100 * TimeSpan.NanosecondsPerTick * TimeSpan.TicksPerMillisecond;

    readonly Lock _lock = new();
    readonly SafeFileHandle _file;
    long _value;

    NonceMark(SafeFileHandle file, long? left) => (_file, Left, _value) = (file, left, left ?? long.MinValue);

    /// <summary>What an earlier run left; null when there is nothing to be read: that run may have accepted anything.</summary>
    public long? Left { get; }

    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be.</exception>
    public static NonceMark Open(string path)
    {
        var file = OpenPrivate(path);
        var isNew = RandomAccess.GetLength(file) == 0;
        Span<byte> bytes = stackalloc byte[Length];
        var read = RandomAccess.Read(file, bytes, 0);
        var value = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        var whole = read == Length && BinaryPrimitives.ReadInt64LittleEndian(bytes[sizeof(long)..]) == ~value;
        return new NonceMark(file, isNew ? long.MinValue : whole ? value : null);
    }

    /// <summary>True when a nonce may count: nothing that starts later will take it for a new one. False when that could not be written.</summary>
    public bool Covers(long nonce)
    {
        if (nonce <= Volatile.Read(ref _value))
            return true;
        lock (_lock)
            return nonce <= _value || TryWrite(nonce + Step);
    }

    /// <summary>Takes what was reserved and not used back: what stops in order leaves nobody waiting.</summary>
    public void Settle(long newest)
    {
        lock (_lock)
        {
            if (newest < _value && newest > long.MinValue)
                TryWrite(newest);
        }
    }

    public void Dispose() => _file.Dispose();

    bool TryWrite(long value)
    {
        Span<byte> bytes = stackalloc byte[Length];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[sizeof(long)..], ~value);
        try
        {
            RandomAccess.Write(_file, bytes, 0);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            return false;
        }
        Volatile.Write(ref _value, value);
        return true;
    }

    static SafeFileHandle OpenPrivate(string path)
    {
        if (!File.Exists(path))
        {
            using var fresh = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        return File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
    }
}
