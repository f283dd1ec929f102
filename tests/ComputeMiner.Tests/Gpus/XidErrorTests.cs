using System.Globalization;
using ComputeMiner.Gpus;

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
}
