using ComputeMiner.Containers;

namespace ComputeMiner.Tests.Containers;

public class ResourceLimitsTests
{
    const long GiB = 1L << 30;

    [Theory]
    [InlineData(64, 16, 1, 63, 4, 15)]
    [InlineData(1024, 64, 8, 1023, 32, 63)]
    [InlineData(8, 2, 0, 7, 3.5, 2)]
    [InlineData(1, 1, 0, 0.5, 0.25, 1)]
    public void For_Machine_KeepsAReserveAndFitsSharedMemoryInside(double memory, int cpus, int gpus, double expected, double shared, int nano)
    {
        var limits = ResourceLimits.For(new EngineInfo("x", cpus, (long)(memory * GiB)), gpus, GiB);

        Assert.Equal((long)(expected * GiB), limits.Memory);
        Assert.Equal((long)(shared * GiB), limits.SharedMemory);
        Assert.Equal(nano * 1_000_000_000L, limits.NanoCpus);
    }
}
