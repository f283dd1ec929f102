using ComputeMiner.Gpus;

namespace ComputeMiner.Tests.Gpus;

public class GpuSelectionTests
{
    static readonly Gpu[] Found =
    [
        new(0, FakeGpus.First, "NVIDIA H200", "0000:3b:00", 1, 0, []),
        new(1, FakeGpus.Second, "NVIDIA H200", "0000:5e:00", 1, 0, []),
    ];

    [Theory]
    [InlineData("all", FakeGpus.First, FakeGpus.Second)]
    [InlineData(" ALL ", FakeGpus.First, FakeGpus.Second)]
    [InlineData("none")]
    [InlineData("1", FakeGpus.Second)]
    [InlineData("1, 0", FakeGpus.Second, FakeGpus.First)]
    [InlineData(FakeGpus.Second, FakeGpus.Second)]
    [InlineData("0," + FakeGpus.Second, FakeGpus.First, FakeGpus.Second)]
    public void Choose_EachForm_GivesUuids(string text, params string[] uuids)
    {
        Assert.Null(GpuSelection.Read(text, out var selection));

        Assert.Equal(uuids, selection!.Choose(Found));
    }

    [Theory]
    [InlineData("")]
    [InlineData(",")]
    [InlineData("0,")]
    [InlineData("0,0")]
    [InlineData("-1")]
    [InlineData("01")]
    [InlineData("1.5")]
    [InlineData("1000")]
    [InlineData("two")]
    [InlineData("all,0")]
    [InlineData("GPU-")]
    [InlineData("GPU-xyz")]
    [InlineData("GPU-1;reboot")]
    [InlineData("MIG-11111111-0000-0000-0000-000000000001")]
    [InlineData("0 1")]
    public void Read_AnythingElse_SaysWhatIsAllowed(string text)
    {
        Assert.StartsWith("all, none, or a list", GpuSelection.Read(text, out var selection), StringComparison.Ordinal);
        Assert.Null(selection);
    }

    [Theory]
    [InlineData("2", "container.gpus names 2, which is not there. There are 0 (GPU-11111111-0000-0000-0000-000000000001), 1 (GPU-2")]
    [InlineData("GPU-33", "container.gpus names GPU-33, which is not there. There are 0 (GPU-1")]
    [InlineData("0," + FakeGpus.First, "container.gpus = '0,GPU-11111111-0000-0000-0000-000000000001' names a GPU by its index and by its UUID. Name it once.")]
    public void Choose_WhatIsNotThere_SaysWhatIs(string text, string message)
    {
        Assert.Null(GpuSelection.Read(text, out var selection));

        Assert.StartsWith(message, Assert.Throws<FormatException>(() => selection!.Choose(Found)).Message, StringComparison.Ordinal);
    }
}
