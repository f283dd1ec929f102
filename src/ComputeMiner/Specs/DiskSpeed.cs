using System.Runtime.InteropServices;

namespace ComputeMiner.Specs;

/// <summary>
/// Writes and reads a small file past the page cache. Two thirds of what the reference writes, and removed. Nothing is measured on a disk
/// that is nearly full.
/// </summary>
static class DiskSpeed
{
    const int StepSize = 1 << 20;
    const int Steps = 64;
    const long LeastFree = 2L << 30;

    // Direct access wants addresses, offsets and lengths in multiples of the disk's sector.
    const int Alignment = 4096;

    /// <summary>Null when it was given up, or there is too little room.</summary>
    /// <exception cref="IOException">The file cannot be made, written or read.</exception>
    public static unsafe Speeds? Measure(string directory, SpeedLimit limit)
    {
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (new DriveInfo(directory).AvailableFreeSpace < LeastFree)
            return null;
        using var file = NamelessFile.Open(directory);
        var memory = NativeMemory.AlignedAlloc(StepSize, Alignment);
        try
        {
            // Not zeros: file systems and disks that compress would do nothing.
            Random.Shared.NextBytes(new Span<byte>(memory, StepSize));
            var written = 0;
            var write = limit.Measure(Steps, StepSize, step =>
            {
                RandomAccess.Write(file, new ReadOnlySpan<byte>(memory, StepSize), (long)step * StepSize);
                written++;
            }, () => RandomAccess.FlushToDisk(file));
            if (write is null)
                return null;
            NamelessFile.Forget(file);
            var read = limit.Measure(written, StepSize, step => RandomAccess.Read(file, new Span<byte>(memory, StepSize), (long)step * StepSize));
            return read is null ? null : new Speeds(write.Value, read.Value);
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
        }
    }
}
