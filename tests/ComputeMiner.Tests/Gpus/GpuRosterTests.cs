using ComputeMiner.Gpus;

namespace ComputeMiner.Tests.Gpus;

public sealed class GpuRosterTests : IDisposable
{
    static readonly Gpu One = new(0, FakeGpus.First, "NVIDIA H200", "0000:3b:00", 1, 0, []);
    static readonly Gpu Two = new(1, FakeGpus.Second, "NVIDIA H200", "0000:5e:00", 1, 0, []);

    readonly string _directory = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Settle_OneMissingAtTheNextStart_StaysExpected()
    {
        Assert.Equal([One.Uuid, Two.Uuid], GpuRoster.Settle(_directory, GpuSelection.All, [One, Two]));

        Assert.Equal([One.Uuid, Two.Uuid], GpuRoster.Settle(_directory, GpuSelection.All, [Two with { Index = 0 }]));
        Assert.Equal([One.Uuid, Two.Uuid], GpuRoster.Settle(_directory, GpuSelection.All, []));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_directory, GpuRoster.FileName)));
    }

    [Fact]
    public void Settle_OneMore_IsTaken()
    {
        GpuRoster.Settle(_directory, GpuSelection.All, [One]);

        Assert.Equal([One.Uuid, Two.Uuid], GpuRoster.Settle(_directory, GpuSelection.All, [One, Two]));
    }

    /// <summary>What is told beforehand is what the next start does, and changes nothing.</summary>
    [Theory]
    [InlineData("all\n")]
    [InlineData("all\n" + FakeGpus.First + "\n")]
    [InlineData("all\n" + FakeGpus.First + "\n" + FakeGpus.Second + "\nGPU-gone\n")]
    [InlineData("none\n")]
    [InlineData(null)]
    public void Expect_IsWhatSettleSays(string? kept)
    {
        var path = Path.Combine(_directory, GpuRoster.FileName);
        if (kept is not null)
            File.WriteAllText(path, kept);

        var expected = GpuRoster.Expect(_directory, GpuSelection.All, [One, Two]);

        Assert.Equal(kept, File.Exists(path) ? File.ReadAllText(path) : null);
        Assert.Equal(GpuRoster.Settle(_directory, GpuSelection.All, [One, Two]), expected);
    }

    [Fact]
    public void Settle_IndexWhileAnotherIsLost_DoesNotMeanTheNextOne()
    {
        Assert.Null(GpuSelection.Read("0", out var first));
        GpuRoster.Settle(_directory, first!, [One, Two]);

        Assert.Equal([One.Uuid], GpuRoster.Settle(_directory, first!, [Two with { Index = 0 }]));
    }

    [Fact]
    public void Settle_OtherSelectionOrFileDeleted_CountsAnew()
    {
        GpuRoster.Settle(_directory, GpuSelection.All, [One, Two]);

        Assert.Equal([], GpuRoster.Settle(_directory, GpuSelection.None, [Two]));
        GpuRoster.Settle(_directory, GpuSelection.All, [One, Two]);
        File.Delete(Path.Combine(_directory, GpuRoster.FileName));
        Assert.Equal([Two.Uuid], GpuRoster.Settle(_directory, GpuSelection.All, [Two]));
    }
}
