using System.Runtime.InteropServices;

namespace ComputeMiner.Containers.Disks;

/// <summary>How much of a file with holes is really there.</summary>
static partial class SparseFile
{
    const int StatxBlocks = 0x400;
    const int CurrentDirectory = -100;

    /// <summary>Bytes it takes on its disk; 0 when there is none.</summary>
    public static long Allocated(string path)
    {
        // statx(2): stx_blocks, in units of 512 bytes, is 48 bytes into a structure of 256.
        Span<byte> found = stackalloc byte[256];
        return Statx(CurrentDirectory, path, 0, StatxBlocks, found) == 0 ? 512 * BitConverter.ToInt64(found[48..56]) : 0;
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, Span<byte> found);
}
