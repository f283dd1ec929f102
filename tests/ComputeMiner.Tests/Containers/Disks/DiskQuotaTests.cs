using System.Globalization;
using ComputeMiner.Containers;
using ComputeMiner.Containers.Disks;
using Microsoft.Extensions.Logging.Abstractions;

namespace ComputeMiner.Tests.Containers.Disks;

/// <summary>What a tenant may write, tried from inside by its root.</summary>
public sealed class DiskQuotaTests(DockerFixture docker) : DiskEngineBed(docker, Limit)
{
    const long Limit = 512 << 20;

    [Fact]
    public async Task Fill_WhereverATenantWrites_StopsAtTheLimit()
    {
        var id = await StartAsync();

        // Each directory a program writes to, and the files the engine mounts from its own data.
        foreach (var at in (string[])["/var/tmp/a", "/tmp/b", "/root/c", "/home/d", "/e", "/usr/local/f", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf"])
            await InsideAsync(id, $"cp --remove-destination /dev/null {at} 2>/dev/null; dd if=/dev/zero of={at} bs=64k count=10000 2>/dev/null; sync");

        var written = long.Parse((await InsideAsync(id,
            "cat /var/tmp/a /tmp/b /root/c /home/d /e /usr/local/f /etc/hosts /etc/hostname /etc/resolv.conf | wc -c")).Output, CultureInfo.InvariantCulture);
        Assert.InRange(written, 0.9 * Limit, Limit);
        Assert.InRange(DiskBed.Images(Settings).Sum(SparseFile.Allocated), written, Limit);
        // What the engine keeps of the container outside of it: nothing that grows.
        foreach (var path in (string[])["{{.GraphDriver.Data.UpperDir}}", "{{.HostsPath}}", "{{.ResolvConfPath}}", "{{.HostnamePath}}"])
        {
            var found = (await HostCommand.RunAsync("docker", ["inspect", "--format", path, id])).Trim();
            Assert.True(new FileInfo(found).LinkTarget is not null || found.StartsWith("/run/computeminer/", StringComparison.Ordinal), found);
        }
        Assert.InRange(long.Parse((await InsideAsync(id, "df -B1 --output=size / | tail -1")).Output, CultureInfo.InvariantCulture), 0.9 * Limit, Limit);
    }

    [Fact]
    public async Task Full_ToTheLastByte_StillRestartsAndCanBeEmptied()
    {
        var id = await StartAsync();
        await InsideAsync(id, "echo mine > /root/mine; sync; for size in 1M 4k 1; do dd if=/dev/zero of=/root/full-$size bs=$size 2>/dev/null; done; "
            + "i=0; while mkdir /root/d$i 2>/dev/null; do i=$((i+1)); done");
        Assert.NotEqual(0, (await InsideAsync(id, "echo more > /root/more && sync && test -s /root/more")).Code);

        await Engine.RestartAsync(id, Cancellation);
        await Engine.WaitForSshAsync(id, Settings.SshPort, Cancellation);

        Assert.Equal("mine", (await InsideAsync(id, "cat /root/mine")).Output.Trim());
        Assert.Equal(0, (await InsideAsync(id, "rm /root/full-1M && echo more > /root/more && test -s /root/more")).Code);
    }

    [Fact]
    public async Task Names_InsideAndInstalling_Work()
    {
        var id = await StartAsync();

        Assert.Equal(0, (await InsideAsync(id,
            "getent hosts localhost && getent hosts rental && test \"$(hostname)\" = rental && grep -q 127.0.0.11 /etc/resolv.conf && "
            + "echo '203.0.113.9 other' >> /etc/hosts && getent hosts other && useradd -m somebody && mv /home/somebody /srv/ && rm /usr/bin/nano")).Code);
    }

    [Fact]
    public async Task RemoveAsync_Container_LeavesNoFileMountOrLoopDevice()
    {
        var id = await StartAsync();
        var image = Assert.Single(DiskBed.Images(Settings));
        Assert.Single(DiskBed.Loops(image));
        await InsideAsync(id, "dd if=/dev/zero of=/root/some bs=1M count=50");

        await Engine.RemoveAsync(id, Cancellation);

        await Condition.UntilAsync(() => DiskBed.Images(Settings).Length == 0);
        await Condition.UntilAsync(() => DiskBed.Mounts(Settings).Length == 0);
        await Condition.UntilAsync(() => DiskBed.Loops(image).Length == 0);
        Engine.Dispose();
        Assert.False(Directory.Exists(Path.GetDirectoryName(image)));
    }

    [Fact]
    public async Task PrepareImageAsync_AfterACrash_RemovesWhatNobodyHasAndNothingElse()
    {
        var id = await StartAsync();
        var kept = Assert.Single(DiskBed.Images(Settings));
        var directory = Path.GetDirectoryName(kept)!;
        // What a crash leaves: a file, a mounted one, one half deleted, a mount point; beside it somebody else's file.
        var (bare, mounted, half) = ($"{directory}/00000000000000aa.img", $"{directory}/00000000000000bb.img", $"{directory}/00000000000000cc.gone");
        var point = Path.Combine(Path.GetDirectoryName(Assert.Single(DiskBed.Mounts(Settings)))!, "00000000000000bb");
        var foreign = $"{directory}/notes.txt";
        await HostCommand.RunAsync("truncate", ["-s", "64M", bare, mounted, half]);
        await HostCommand.RunAsync("mkfs.ext4", ["-q", "-F", mounted]);
        Directory.CreateDirectory(point);
        Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(point)!, "00000000000000dd"));
        await HostCommand.RunAsync("mount", ["-o", "loop", mounted, point]);
        await File.WriteAllTextAsync(foreign, "theirs", Cancellation);
        // One that is being made by another process has its file locked.
        var making = $"{directory}/00000000000000ee.img";
        await using (new FileStream(making, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None))
        {
            await Engine.PrepareImageAsync(null, Cancellation);

            Assert.True(File.Exists(making));
        }
        File.Delete(making);

        Assert.Equal([kept], DiskBed.Images(Settings));
        Assert.False(File.Exists(half));
        Assert.Single(DiskBed.Mounts(Settings));
        Assert.Empty(DiskBed.Loops(mounted));
        Assert.Single(Directory.GetDirectories(Path.GetDirectoryName(point)!));
        Assert.Equal("theirs", await File.ReadAllTextAsync(foreign, Cancellation));
        File.Delete(foreign);
        Assert.Equal(0, (await InsideAsync(id, "echo still > /root/there")).Code);
    }

    [Fact]
    public async Task Safeguards_SayWhatHolds()
    {
        await StartAsync();

        var state = Assert.Single(Engine.Safeguards, each => each.Name == "Disk quota");
        Assert.True(state.Ok);
        Assert.StartsWith("512 MiB", state.Detail, StringComparison.Ordinal);
        Assert.Contains(await Engine.ExamineSafeguardsAsync(Cancellation), each => each == state);
        Assert.Equal(Limit, (await Engine.ReadLimitsAsync(Cancellation)).Disk);
        // The next process has other settings, and the tenant what he had.
        Settings.Disk = DiskRule.Auto;
        using var next = new DockerEngine(Settings, TimeProvider.System, NullLoggerFactory.Instance);
        await next.PrepareImageAsync(null, Cancellation);
        Assert.Equal(Limit, (await next.ReadLimitsAsync(Cancellation)).Disk);
    }

    [Fact]
    public async Task GuardAsync_HostHasLessThanPromised_SaysSoUntilItHas()
    {
        Settings.Disk = DiskRule.Of(2 * new DriveInfo("/var/lib/docker").AvailableFreeSpace);
        var id = await Engine.CreateAsync(
            new ContainerSpec(Settings.RentalName, Docker.Image.Id, Settings.SshPort, ContainerLabels.Spare), Cancellation);

        await Engine.GuardAsync(Cancellation);

        Assert.Contains(Engine.Safeguards, each => !each.Ok && each.Remedy!.Contains("--container.disk", StringComparison.Ordinal));
        await Engine.RemoveAsync(id, Cancellation);
        await Condition.UntilAsync(() => DiskBed.Images(Settings).Length == 0);
        await Engine.GuardAsync(Cancellation);
        Assert.All(Engine.Safeguards.Where(each => each.Name == "Disk quota"), each => Assert.True(each.Ok));
    }

    [Fact]
    public async Task Auto_IsAShareOfWhatIsFreeAndWorks()
    {
        Settings.Disk = DiskRule.Auto;
        var free = new DriveInfo("/var/lib/docker").AvailableFreeSpace;

        var id = await StartAsync();

        Assert.InRange((await Engine.ReadLimitsAsync(Cancellation)).Disk!.Value, 0.4 * free, free);
        Assert.Equal(0, (await InsideAsync(id, "dd if=/dev/zero of=/root/some bs=1M count=600 2>/dev/null && rm /root/some")).Code);
    }

    [Fact]
    public async Task Off_HasNoLimitAndSaysSo()
    {
        Settings.Disk = DiskRule.Off;

        await StartAsync();

        Assert.Empty(DiskBed.Images(Settings));
        Assert.Null((await Engine.ReadLimitsAsync(Cancellation)).Disk);
        Assert.Contains(Engine.Safeguards, each => each.Detail.StartsWith("off", StringComparison.Ordinal));
    }
}
