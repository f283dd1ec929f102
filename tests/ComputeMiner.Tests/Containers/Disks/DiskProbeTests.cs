using ComputeMiner.Containers.Disks;
using Docker.DotNet.Models;

namespace ComputeMiner.Tests.Containers.Disks;

public sealed class DiskProbeTests
{
    const string Root = "/srv/docker";
    const string Ext4 = "/dev/sda1 / ext4 rw,relatime 0 0\n";
    const string Quota = Ext4 + "/dev/sdb /srv xfs rw,noatime,prjquota 0 0\n";

    [Theory]
    [InlineData("overlay2", Quota)]
    [InlineData("overlay2", Ext4 + "/dev/sdb /srv/docker xfs rw,pquota 0 0\n")]
    [InlineData("btrfs", Ext4)]
    [InlineData("zfs", Ext4)]
    public void Choose_StorageWithQuotas_LeavesItToTheEngine(string driver, string mounts) =>
        Assert.Equal(DiskMeans.Engine, Choose(driver, mounts).Means);

    [Theory]
    [InlineData(Ext4)]
    // Quotas of users are none of a directory, and those of another file system are none here.
    [InlineData(Ext4 + "/dev/sdb /srv xfs rw,usrquota 0 0\n")]
    [InlineData(Ext4 + "/dev/sdb /srv/do xfs rw,prjquota 0 0\n")]
    [InlineData(Quota + "/dev/sdc /srv/docker ext4 rw 0 0\n")]
    public void Choose_OverlayWithout_MakesAFile(string mounts) => Assert.Equal(DiskMeans.LoopFile, Choose("overlay2", mounts).Means);

    [Theory]
    [InlineData("overlay2", DiskMeans.LoopFile)]
    [InlineData("btrfs", DiskMeans.None)]
    public void Choose_EngineRefused_FindsTheNextBestAndSaysWhy(string driver, object next)
    {
        var plan = DiskProbe.Choose(Info(driver, ""), Quota, true, _ => true, "no such option");

        Assert.Equal(next, plan.Means);
        Assert.Contains("Docker holds no limit there (no such option)", plan.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vfs", Ext4, true, "", "")]
    [InlineData("overlayfs", Quota, true, "", "")]
    [InlineData("overlay2", null, true, "", "")]
    [InlineData("overlay2", Ext4, false, "", "")]
    [InlineData("overlay2", Ext4, true, "mkfs.ext4", "")]
    [InlineData("overlay2", Ext4, true, "", "name=rootless")]
    public void Choose_NothingHolds_SaysWhy(string driver, string? mounts, bool isRoot, string missing, string security)
    {
        var plan = DiskProbe.Choose(Info(driver, security), mounts, isRoot, program => program != missing);

        Assert.Equal(DiskMeans.None, plan.Means);
        Assert.Contains(missing, plan.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Choose_UserIdsOfTheirOwn_IsKnown() =>
        Assert.True(DiskProbe.Choose(Info("overlay2", "name=userns"), Ext4, true, _ => true).Remap);

    [Theory]
    [InlineData(1000, 800, 700)]
    [InlineData(100, 80, 70)]
    [InlineData(100, 12, 6)]
    [InlineData(50, 1, 0.5)]
    public void Share_OfAFileSystem_KeepsAReserve(double total, double free, double share) =>
        Assert.Equal((long)(share * (1L << 30)), DiskSize.Share((long)(total * (1L << 30)), (long)(free * (1L << 30))));

    static DiskPlan Choose(string driver, string mounts) => DiskProbe.Choose(Info(driver, ""), mounts, true, _ => true);

    static SystemInfoResponse Info(string driver, string security) => new()
    {
        Driver = driver,
        DockerRootDir = Root,
        DriverStatus = [["Backing Filesystem", "extfs"]],
        SecurityOptions = ["name=seccomp,profile=default", security],
    };
}
