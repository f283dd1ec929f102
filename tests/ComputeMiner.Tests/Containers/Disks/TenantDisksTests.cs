using System.Runtime.InteropServices;
using ComputeMiner.Containers;
using ComputeMiner.Containers.Disks;
using Docker.DotNet.Models;
using Microsoft.Extensions.Logging.Abstractions;

namespace ComputeMiner.Tests.Containers.Disks;

public sealed partial class TenantDisksTests : IDisposable
{
    const UnixFileMode Everybody = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    readonly string _there = Directory.CreateTempSubdirectory("disks-").FullName;

    public void Dispose() => Directory.Delete(_there, true);

    [Fact]
    public async Task PrepareAsync_QuotasOfAnEngineElsewhere_SaysThatTheSizeCannotBeSeen()
    {
        using var disks = Elsewhere(DiskRule.Auto);

        await disks.PrepareAsync(() => Task.FromResult<IReadOnlySet<string>>(new HashSet<string>()), TestContext.Current.CancellationToken);

        Assert.False(disks.Current.Ok);
        Assert.Null(await disks.NewAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task NewAsync_SizeOnAnEngineElsewhere_MakesNothingHere()
    {
        using var disks = Elsewhere(DiskRule.Of(2L << 30));

        using var disk = await disks.NewAsync(TestContext.Current.CancellationToken);

        Assert.Equal(DiskMeans.Engine, disk!.Means);
        // A file of this machine is none of the engine's, which would refuse the container.
        Assert.Null(disk.Files);
        Assert.Empty(Directory.GetFileSystemEntries(_there));
    }

    [Fact]
    public async Task NewInsteadAsync_NothingElseHolds_AsksTheEngineAgainTheNextTime()
    {
        using var disks = Elsewhere(DiskRule.Of(2L << 30));
        var refused = await disks.NewAsync(TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<ContainerEngineException>(
            () => disks.NewInsteadAsync(refused!, new ContainerEngineException("no space left"), TestContext.Current.CancellationToken));

        using var next = await disks.NewAsync(TestContext.Current.CancellationToken);
        Assert.Equal(DiskMeans.Engine, next!.Means);
    }

    [Fact]
    public async Task PrepareAsync_EnginesDataCannotBeLookedAt_SaysSo()
    {
        // As when the engine, with mounts of its own, ended a moment ago.
        var options = new ContainerOptions { Instance = "disks-tests" };
        var info = new SystemInfoResponse { Driver = "overlay2", DockerRootDir = $"{_there}/away" };
        using var disks = new TenantDisks(options, new EngineNamespace(options.Endpoint, TimeProvider.System), _ => Task.FromResult(info), NullLogger<TenantDisks>.Instance);

        var fault = await Assert.ThrowsAsync<ContainerEngineException>(
            () => disks.PrepareAsync(() => Task.FromResult<IReadOnlySet<string>>(new HashSet<string>()), TestContext.Current.CancellationToken));

        Assert.Contains(info.DockerRootDir, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BindAsync_MeansAreBeingFoundAgain_LeadsTheContainerToItsDisk()
    {
        var options = new ContainerOptions { Instance = "disks-tests", Disk = DiskRule.Of(64L << 20) };
        var info = new SystemInfoResponse { Driver = "overlay2", DockerRootDir = _there };
        using var disks = new TenantDisks(options, new EngineNamespace(options.Endpoint, TimeProvider.System), _ => Task.FromResult(info), NullLogger<TenantDisks>.Instance);
        using var disk = await disks.NewAsync(TestContext.Current.CancellationToken);
        var (upper, work) = ($"{_there}/layer/diff", $"{_there}/layer/work");
        Directory.CreateDirectory(upper);
        Directory.CreateDirectory(work);
        var container = new ContainerInspectResponse
        {
            GraphDriver = new() { Data = new Dictionary<string, string> { ["UpperDir"] = upper, ["WorkDir"] = work } },
        };

        try
        {
            disks.TrustEngine();
            await disks.BindAsync(container, disk!, TestContext.Current.CancellationToken);

            Assert.Equal($"{Path.GetDirectoryName(disk!.Files)}/diff", new DirectoryInfo(upper).LinkTarget);
        }
        finally
        {
            disk!.Dispose();
            await disks.SweepAsync(() => Task.FromResult<IReadOnlySet<string>>(new HashSet<string>()));
        }
    }

    [Fact]
    public void Prepare_UnderAStrictMask_IsReadableToEveryUserInside()
    {
        var mask = Umask(0x3F);
        try
        {
            WritableLayer.Prepare(_there);
            TenantDisk.WriteFiles($"{_there}/etc");
        }
        finally
        {
            _ = Umask(mask);
        }

        Assert.Equal(Everybody, File.GetUnixFileMode($"{_there}/diff") & Everybody);
        Assert.All(Directory.GetFiles($"{_there}/etc"), each => Assert.Equal(Everybody, File.GetUnixFileMode(each) & Everybody));
    }

    TenantDisks Elsewhere(DiskRule rule)
    {
        var options = new ContainerOptions { Endpoint = new Uri("tcp://127.0.0.1:9"), Disk = rule };
        var info = new SystemInfoResponse { Driver = "btrfs", DockerRootDir = _there };
        return new TenantDisks(options, new EngineNamespace(options.Endpoint, TimeProvider.System), _ => Task.FromResult(info), NullLogger<TenantDisks>.Instance);
    }

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint Umask(uint mask);
}
