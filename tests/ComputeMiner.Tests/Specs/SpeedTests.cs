using System.Globalization;
using ComputeMiner.Specs;
using ComputeMiner.Tests.Containers;

namespace ComputeMiner.Tests.Specs;

/// <summary>Measuring harms nobody: bounded, at the lowest priority, ended at once for a renter, and nothing is left behind.</summary>
public sealed class SpeedTests : IDisposable
{
    // Not in /tmp, which may be memory.
    readonly string _directory = Directory.CreateDirectory(Path.Combine(Checkout.Root, "artifacts", "speed-" + Guid.NewGuid().ToString("N"))).FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Measure_Disk_HasNoNameWhileItRunsAndRemovesLeftOvers()
    {
        File.WriteAllText(Path.Combine(_directory, NamelessFile.Name), "left by a process that was killed");
        var looks = 0;

        var speeds = DiskSpeed.Measure(_directory, Limit(TimeSpan.FromMinutes(2), () =>
        {
            looks++;
            Assert.Empty(Directory.EnumerateFileSystemEntries(_directory));
            Assert.Single(Directory.GetFiles("/proc/self/fd").Select(TargetOf), target => target == $"{_directory}/{NamelessFile.Name} (deleted)");
            return false;
        }));

        Assert.True(speeds is { Write: > 1, Read: > 1 }, speeds?.ToString());
        Assert.Equal(128, looks);
    }

    [Fact]
    public async Task Measure_DiskThatIsNearlyFull_IsLeftAlone()
    {
        await HostCommand.RunAsync("mount", ["-t", "tmpfs", "-o", "size=2047m", "computeminer-tests", _directory]);
        try
        {
            Assert.Null(DiskSpeed.Measure(_directory, Limit(TimeSpan.FromMinutes(2), () => throw new InvalidOperationException("It was written to."))));
            Assert.Empty(Directory.EnumerateFileSystemEntries(_directory));
        }
        finally
        {
            await HostCommand.RunAsync("umount", [_directory]);
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(80)]
    public void Measure_DiskWhenSomebodyNeedsTheMachine_EndsAtOnce(int after)
    {
        var looks = 0;

        Assert.Null(DiskSpeed.Measure(_directory, Limit(TimeSpan.FromMinutes(2), () => ++looks == after)));
        Assert.Equal(after, looks);
    }

    [Fact]
    public void Measure_SlowDisk_IsBoundedInTime()
    {
        // Each look at the clock is a second later: a disk that does one step a second.
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromSeconds(1) };
        var steps = 0;

        var speed = new SpeedLimit(time, TimeSpan.FromSeconds(5), () => false).Measure(64, 1 << 20, _ => steps++);

        Assert.Equal(4, steps);
        Assert.Equal(Math.Round(4 / 6.0, 1), speed);
    }

    [Fact]
    public void Measure_Memory_TellsOrGivesUp()
    {
        Assert.True(MemorySpeed.Measure(8L << 30, Limit(TimeSpan.FromMinutes(2), () => false)) is { Write: > 100, Read: > 100 });
        Assert.Null(MemorySpeed.Measure(8L << 30, Limit(TimeSpan.FromMinutes(2), () => true)));
        Assert.Null(MemorySpeed.Measure(1 << 20, Limit(TimeSpan.FromMinutes(2), () => false)));
    }

    [Fact]
    public void Measure_NoSuchPlace_IsAFault() =>
        Assert.ThrowsAny<IOException>(() => DiskSpeed.Measure("/proc/nowhere", Limit(TimeSpan.FromMinutes(2), () => false)));

    [Fact]
    public async Task RunAsync_OnAThreadOfItsOwn_IsLastInLine()
    {
        var (nice, io) = await QuietThread.RunAsync(() =>
        {
            var id = Path.GetFileName(File.ResolveLinkTarget("/proc/thread-self", false)!.FullName);
            var fields = File.ReadAllText($"/proc/self/task/{id}/stat").Split(") ")[1].Split(' ');
            return (fields[16], HostCommand.RunAsync("ionice", ["-p", id]).GetAwaiter().GetResult().Trim());
        });

        Assert.Equal(("19", "idle"), (nice, io));
        var ours = await HostCommand.RunAsync("ionice", ["-p", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)]);
        Assert.DoesNotContain("idle", ours, StringComparison.Ordinal);
    }

    // Other tests close theirs meanwhile.
    static string? TargetOf(string link)
    {
        try
        {
            return File.ResolveLinkTarget(link, false)?.FullName;
        }
        catch (IOException)
        {
            return null;
        }
    }

    static SpeedLimit Limit(TimeSpan patience, Func<bool> giveUp) => new(TimeProvider.System, patience, giveUp);
}
