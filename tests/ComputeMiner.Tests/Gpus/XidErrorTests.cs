using System.Diagnostics;
using System.Globalization;
using ComputeMiner.Gpus;
using ComputeMiner.Tests.Containers;

namespace ComputeMiner.Tests.Gpus;

public sealed class XidErrorTests : IDisposable
{
    readonly string _directory = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Find_LinesOfTheDriver_AreReadAndOthersNot()
    {
        var found = XidError.Find(
            """
            <6>[    1.000000] NVRM: loading NVIDIA UNIX x86_64 Kernel Module  570.86.15
            <3>[ 4711.123456] NVRM: Xid (PCI:0000:3b:00): 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus.
            <4>[ 4712.000001] NVRM: Xid (PCI:0001:5E:00): 31, pid=1234, name=python, Ch 00000008
            NVRM: Xid (PCI:0000:3b:00): 154, GPU recovery action changed from 0x0 (None) to 0x1 (GPU Reset Required)
            <4>[ 4713.000001] NVRM: Xid of nobody
            """);

        Assert.Equal([("0000:3b:00", 79, true), ("0001:5e:00", 31, false), ("0000:3b:00", 154, false)], found.Select(error => (error.Pci, error.Code, error.IsFatal)));
    }

    /// <summary>The kernel's real log: what is written into it comes back, and is gone from ours once an operator has said so.</summary>
    [Fact]
    public void Read_KernelLog_TellsUntilCleared()
    {
        // Of no GPU that any machine has, never the same twice, and harmless: a miner may run on this machine.
        var place = string.Create(CultureInfo.InvariantCulture, $"{Random.Shared.Next(0x1000, 0xffff):x4}:{Random.Shared.Next(256):x2}:1f");
        File.WriteAllText("/dev/kmsg", $"<4>NVRM: Xid (PCI:{place}): 31, pid=1, name=test, Ch 00000008\n");
        var log = new XidLog(_directory);

        var error = Assert.Single(log.Read(), each => each.Pci == place);
        Assert.Equal((31, false), (error.Code, error.IsFatal));
        log.Clear();
        Assert.DoesNotContain(log.Read(), each => each.Pci == place);
        Assert.DoesNotContain(new XidLog(_directory).Read(), each => each.Pci == place);
    }

    /// <summary>
    /// The kernel names a program that crashed by its file, line breaks and all. A tenant who gives his the name of an error would take the machine
    /// off the market.
    /// </summary>
    [Fact]
    public async Task Read_ProgramThatCrashedIsNamedLikeAnError_IsNone()
    {
        var place = string.Create(CultureInfo.InvariantCulture, $"{Random.Shared.Next(0x1000, 0xffff):x4}:{Random.Shared.Next(256):x2}:1f");
        var program = Path.Combine(_directory, $"x\nNVRM: Xid (PCI:{place}): 79, GPU has fallen off the bus.");
        await File.WriteAllBytesAsync(Path.Combine(_directory, "crash"), CrashingProgram(), TestContext.Current.CancellationToken);
        // Another program makes the executable: a fork of a parallel test cannot hold it open for writing.
        await HostCommand.RunAsync("install", ["-m", "755", Path.Combine(_directory, "crash"), program]);

        // The kernel says only so many of them in a while.
        for (string said = ""; !said.Contains(place, StringComparison.Ordinal); said = await HostCommand.RunAsync("dmesg", []))
        {
            using var crash = Process.Start(program);
            await crash.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Assert.DoesNotContain(new XidLog(_directory).Read(), error => error.Line.Contains(place, StringComparison.Ordinal));
    }

    /// <summary>The smallest program for Linux on x86-64; it reads from address 0.</summary>
    static byte[] CrashingProgram()
    {
        const ulong Base = 0x400000;
        const ushort Head = 64, Segment = 56;
        byte[] code = [0x31, 0xc0, 0x8a, 0x00];
        var file = new MemoryStream();
        using var writer = new BinaryWriter(file);
        // elf(5): ELF header, one program header, the code.
        writer.Write([0x7f, .. "ELF"u8, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        foreach (var field in (ushort[])[2, 62])
            writer.Write(field);
        writer.Write(1u);
        foreach (var field in (ulong[])[Base + Head + Segment, Head, 0])
            writer.Write(field);
        writer.Write(0u);
        foreach (var field in (ushort[])[Head, Segment, 1, 0, 0, 0])
            writer.Write(field);
        writer.Write(1u);
        writer.Write(5u);
        var length = (ulong)(Head + Segment + code.Length);
        foreach (var field in (ulong[])[0, Base, Base, length, length, 0x1000])
            writer.Write(field);
        writer.Write(code);
        return file.ToArray();
    }
}
