using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ComputeMiner.Tests;

public sealed partial class ProgramPagesTests
{
    const int Size = 64 * 4096;

    // mmap(2).
    const int Read = 1;
    const int ReadWrite = 3;
    const int Private = 2;

    // As the kernel shows them: code, two tables that were relocated before they were made read-only, one of them swapped out, writable data, another file's code.
    const string Maps = """
        55d0c0000000-55d0c0a71000 r--p 00000000 08:01 131 /opt/miner/miner
        Size:              10692 kB
        Anonymous:             0 kB
        Swap:                  0 kB
        VmFlags: rd mr mw me sd
        55d0c0a71000-55d0c1c00000 r-xp 00a70000 08:01 131 /opt/miner/miner
        Rss:               15252 kB
        Anonymous:             0 kB
        Swap:                  0 kB
        55d0c1c00000-55d0c1c42000 r--p 01bff000 08:01 131 /opt/miner/miner
        Anonymous:           264 kB
        Swap:                  0 kB
        55d0c1c42000-55d0c1c52000 r--p 01c41000 08:01 131 /opt/miner/miner
        Anonymous:             0 kB
        Swap:                 64 kB
        55d0c1c52000-55d0c1cd7000 rw-p 01c41000 08:01 131 /opt/miner/miner
        Anonymous:             0 kB
        Swap:                  0 kB
        7f0000000000-7f0000010000 r-xp 00000000 08:01 140 /usr/lib/libc.so.6
        Anonymous:             0 kB
        Swap:                  0 kB
        7f0000010000-7f0000020000 rw-p 00000000 00:00 0
        Anonymous:             0 kB
        Swap:                  0 kB
        7f0000020000-7f0000030000 r-xp 00000000 08:01 150 /srv/opt/miner/miner-old
        Anonymous:             0 kB
        Swap:                  0 kB
        """;

    [Fact]
    public void Untouched_MappingsOfAProcess_AreThoseOfTheProgramThatNobodyWroteTo() =>
        Assert.Equal(
            [(0x55d0c0000000, 0xa71000), (0x55d0c0a71000, 0x118f000)],
            ProgramPages.Untouched(Maps.Split('\n'), "/opt/miner/miner"));

    [Fact]
    public void Untouched_PathUnknown_IsNothing() => Assert.Empty(ProgramPages.Untouched(Maps.Split('\n'), null));

    [Fact]
    public void Untouched_ThisProcess_HasCodeOfItsProgram() =>
        Assert.NotEmpty(ProgramPages.Untouched(File.ReadLines("/proc/self/smaps"), Environment.ProcessPath));

    [Fact]
    public void GiveBack_PagesOfAFile_AreLetGoAndThoseThatWereWrittenToStay()
    {
        using var directory = new TemporaryDirectory();
        var path = directory.At("program");
        File.WriteAllBytes(path, [.. Enumerable.Repeat((byte)7, Size)]);
        using var file = File.OpenHandle(path);
        var (clean, written) = (Map(file), Map(file));
        try
        {
            Assert.Equal(0, mprotect(written, Size, ReadWrite));
            Marshal.WriteByte(written, 9);
            Assert.Equal(0, mprotect(written, Size, Read));
            Assert.Equal(7, Marshal.ReadByte(clean));
            Assert.NotEqual(0, Resident(clean));

            ProgramPages.GiveBack(path);

            Assert.Equal(0, Resident(clean));
            Assert.NotEqual(0, Resident(written));
            Assert.Equal((7, 9), (Marshal.ReadByte(clean, Size - 1), Marshal.ReadByte(written)));
        }
        finally
        {
            _ = munmap(clean, Size);
            _ = munmap(written, Size);
        }
    }

    static nint Map(SafeFileHandle file)
    {
        var at = mmap(0, Size, Read, Private, file, 0);
        Assert.NotEqual(-1, at);
        return at;
    }

    /// <summary>Kilobytes, as the kernel says.</summary>
    static int Resident(nint at)
    {
        var start = at.ToString("x", CultureInfo.InvariantCulture) + "-";
        var rss = File.ReadLines("/proc/self/smaps").SkipWhile(line => !line.StartsWith(start, StringComparison.Ordinal))
            .First(line => line.StartsWith("Rss:", StringComparison.Ordinal));
        return int.Parse(rss.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    [LibraryImport("libc")]
    private static partial nint mmap(nint at, nint length, int protection, int flags, SafeFileHandle file, nint offset);

    [LibraryImport("libc")]
    private static partial int mprotect(nint at, nint length, int protection);

    [LibraryImport("libc")]
    private static partial int munmap(nint at, nint length);
}
