using ComputeMiner.Allocations;
using ComputeMiner.Containers;
using ComputeMiner.Drill;

namespace ComputeMiner.Tests.Drill;

/// <summary>Nothing but a drill gives orders to a miner, and only to its own.</summary>
public sealed class DrillOrderTests : IDisposable
{
    readonly string _root = Directory.CreateTempSubdirectory("computeminer-tests-").FullName;

    string Path => System.IO.Path.Combine(_root, "order");

    string State => System.IO.Path.Combine(_root, "state");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Open_FileOfOthersToo_Refused()
    {
        DrillOrder.Write(Path, TimeSpan.Zero, null);
        File.SetUnixFileMode(Path, File.GetUnixFileMode(Path) | UnixFileMode.GroupWrite);

        Assert.Contains(DrillOrder.Variable, Assert.Throws<StartupException>(() => DrillOrder.Open(Path, State)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_DirectoryOfOthersToo_Refused()
    {
        DrillOrder.Write(Path, TimeSpan.Zero, null);
        File.SetUnixFileMode(_root, File.GetUnixFileMode(_root) | UnixFileMode.OtherExecute);

        Assert.Throws<StartupException>(() => DrillOrder.Open(Path, State));
    }

    [Fact]
    public void Open_StateElsewhere_Refused()
    {
        DrillOrder.Write(Path, TimeSpan.Zero, null);

        Assert.Throws<StartupException>(() => DrillOrder.Open(Path, "/var/lib/computeminer"));
    }

    [Fact]
    public void Open_NoFile_Refused() => Assert.Throws<StartupException>(() => DrillOrder.Open(Path, State));

    [Fact]
    public void Cross_AnotherStepOrSide_GoesOn()
    {
        DrillOrder.Write(Path, TimeSpan.Zero, new DrillPoint(DrillDeed.Allocate, CrashPoint.Create, After: true));

        var order = DrillOrder.Open(Path, State);
        order.Cross(CrashPoint.Create, after: false);
        order.Cross(CrashPoint.Start, after: true);

        Assert.False(File.Exists(Path + ".died"));
    }

    [Fact]
    public void Shift_OrderRewritten_CountsFromTheNewOne()
    {
        DrillOrder.Write(Path, TimeSpan.Zero, null);
        var clock = DrillOrder.Open(Path, State).Shift(new BootClock(() => new BootMoment("boot", TimeSpan.FromHours(1))));
        Assert.Equal(TimeSpan.FromHours(1), clock.Read().Uptime);

        DrillOrder.Write(Path, TimeSpan.FromHours(25), new DrillPoint(DrillDeed.Expiry, CrashPoint.Remove, After: false));

        Assert.Equal(new BootMoment("boot", TimeSpan.FromHours(26)), clock.Read());
    }
}
