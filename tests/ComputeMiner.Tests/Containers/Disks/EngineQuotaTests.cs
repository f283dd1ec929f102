using System.Globalization;
using ComputeMiner.Containers;
using ComputeMiner.Containers.Disks;

namespace ComputeMiner.Tests.Containers.Disks;

/// <summary>An engine that holds a tenant to its share itself: its data on btrfs, tried from inside by the tenant's root.</summary>
public sealed class EngineQuotaTests(PrivateDocker docker) : PrivateEngineBed(docker, "quota-tests")
{
    const long Limit = 512 << 20;

    readonly TemporaryDirectory _directory = new();
    string _usual = "";

    string Pool => _directory.At("pool");

    public override async ValueTask InitializeAsync()
    {
        _usual = Docker.Data;
        var file = _directory.At("pool.img");
        Directory.CreateDirectory(Pool);
        await HostCommand.RunAsync("truncate", ["-s", "6G", file]);
        await HostCommand.RunAsync("mkfs.btrfs", ["-q", file]);
        await HostCommand.RunAsync("mount", ["-o", "loop", file, Pool]);
        await Docker.MoveAsync($"{Pool}/docker", "--storage-driver", "btrfs");
        Settings.Disk = DiskRule.Of(Limit);
        await base.InitializeAsync();
        await Engine.PrepareImageAsync(null, Cancellation);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Docker.MoveAsync(_usual);
        await HostCommand.RunAsync("umount", ["-l", Pool]);
        _directory.Dispose();
    }

    [Fact]
    public async Task Fill_WhereverATenantWrites_StopsAtTheLimitAndTheHostGoesOn()
    {
        var id = await StartAsync("one");

        // Each directory a program writes to. What Docker keeps outside of the quota can only be read.
        foreach (var at in (string[])["/var/tmp/a", "/root/b", "/home/c"])
            await Docker.ExecAsync(id, $"dd if=/dev/zero of={at} bs=64k count=6000 2>/dev/null; sync");
        foreach (var at in (string[])["hosts", "hostname", "resolv.conf"])
            Assert.NotEqual(0, (await Docker.ExecAsync(id, $"echo more >> /etc/{at}")).Code);

        var written = long.Parse((await Docker.ExecAsync(id, "cat /var/tmp/a /root/b /home/c | wc -c")).Output, CultureInfo.InvariantCulture);
        Assert.InRange(written, 0.5 * Limit, Limit);
        Assert.True(new DriveInfo(Pool).AvailableFreeSpace > 2 * Limit);
        Assert.Equal(0, (await Docker.ExecAsync(id, "getent hosts rental && rm /var/tmp/a && echo again > /root/d")).Code);
        Assert.Contains(Engine.Safeguards, each => each is { Name: "Disk quota", Ok: true } && each.Detail.Contains("held by Docker", StringComparison.Ordinal));
        Assert.Equal(Limit, (await Engine.ReadLimitsAsync(Cancellation)).Disk);
    }

    [Fact]
    public async Task Create_EngineRefusesTheLimit_GoesOnWithTheNextBestMeansAndSaysSo()
    {
        // What the storage looks like promises a limit; this engine takes none that small.
        await Docker.MoveAsync($"{Pool}/docker", "--storage-driver", "btrfs", "--storage-opt", "btrfs.min_space=100G");

        var fault = await Assert.ThrowsAsync<ContainerEngineException>(() => StartAsync("sized"));
        Assert.Contains("--container.disk", fault.Message, StringComparison.Ordinal);
        Assert.Empty(await Engine.ListAsync(Cancellation));

        Settings.Disk = DiskRule.Auto;
        var id = await StartAsync("one");

        Assert.Equal(0, (await Docker.ExecAsync(id, "echo in > /root/d")).Code);
        Assert.Contains(Engine.Safeguards, each => each is { Name: "Disk quota", Ok: false } && each.Detail.Contains("Docker holds no limit there", StringComparison.Ordinal));
    }
}
