using ComputeMiner.Containers;
using ComputeMiner.Containers.Disks;

namespace ComputeMiner.Tests.Containers.Disks;

/// <summary>What must not happen to a tenant's disk, nor through it, on a real engine.</summary>
public sealed class DiskSafetyTests(DockerFixture docker) : DiskEngineBed(docker, 256 << 20)
{
    string CopyName => $"{Settings.Instance}-disk-copy";

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await HostCommand.TryRunAsync("docker", ["rmi", CopyName]);
    }

    [Fact]
    public async Task Disk_SetuidProgramOfATenant_IsOutOfReachOfTheHostsUsers()
    {
        var id = await StartAsync();
        Assert.Equal(0, (await InsideAsync(id, "cp /usr/bin/id /srv/id && chmod 4755 /srv/id && chmod 755 / /srv && sync")).Code);

        var there = $"{Assert.Single(DiskBed.Mounts(Settings))}/diff/srv/id";

        Assert.True(File.Exists(there));
        var (code, output, _) = await HostCommand.TryRunAsync("setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", "sh", "-c", there]);
        Assert.True(code != 0, output);
        var options = File.ReadLines("/proc/mounts").Select(line => line.Split(' ')).Single(parts => there.StartsWith(parts[1] + "/diff", StringComparison.Ordinal))[3];
        Assert.Contains("nosuid", options.Split(','));
        Assert.Contains("nodev", options.Split(','));
        // Inside nothing changes: a program of another user's, and the names everybody looks up.
        Assert.Equal(0, (await InsideAsync(id, "setpriv --reuid=65534 --regid=65534 --clear-groups sh -c 'ls / && getent hosts rental'")).Code);
    }

    [Fact]
    public async Task PrepareImageAsync_FileOfALiveContainerIsAway_LeavesItsMount()
    {
        var id = await StartAsync();
        var image = Assert.Single(DiskBed.Images(Settings));
        var mount = Assert.Single(DiskBed.Mounts(Settings));
        File.Move(image, image + ".away");

        try
        {
            await Engine.PrepareImageAsync(null, Cancellation);

            Assert.Equal([mount], DiskBed.Mounts(Settings));
        }
        finally
        {
            File.Move(image + ".away", image);
        }
        Assert.Equal(0, (await InsideAsync(id, "echo still > /root/there")).Code);
    }

    [Fact]
    public async Task PrepareImageAsync_SomethingElseInAMountPoint_GoesOn()
    {
        await StartAsync();
        var other = Directory.CreateDirectory($"{Path.GetDirectoryName(Assert.Single(DiskBed.Mounts(Settings)))}/00000000000000aa");
        var file = $"{other.FullName}/notes.txt";
        await File.WriteAllTextAsync(file, "theirs", Cancellation);

        try
        {
            await Engine.PrepareImageAsync(null, Cancellation);

            Assert.Equal("theirs", await File.ReadAllTextAsync(file, Cancellation));
        }
        finally
        {
            other.Delete(true);
        }
    }

    [Fact]
    public async Task RemoveAsync_CopyOfALiveContainer_LeavesItsDisk()
    {
        var id = await StartAsync();
        await InsideAsync(id, "echo mine > /root/mine && sync");
        // A copy has the labels of the original, and none of its mounts.
        await HostCommand.RunAsync("docker", ["commit", id, CopyName]);
        var copy = (await HostCommand.RunAsync("docker", ["create", CopyName])).Trim();

        Assert.Equal(id, Assert.Single(await Engine.ListAsync(Cancellation)).Id);
        await Engine.StartAsync(copy, Cancellation);
        await Engine.RemoveAsync(copy, Cancellation);
        await Engine.PrepareImageAsync(null, Cancellation);

        Assert.Single(DiskBed.Images(Settings));
        await Engine.RestartAsync(id, Cancellation);
        Assert.Equal("mine", (await InsideAsync(id, "cat /root/mine")).Output.Trim());
    }

    [Fact]
    public async Task CreateAsync_DiskFailsOnce_TheNextContainerHasOneAgain()
    {
        Settings.Disk = DiskRule.Auto;
        var parent = Directory.CreateDirectory($"/var/lib/docker/computeminer/{Settings.Instance}").FullName;
        await HostCommand.RunAsync("chattr", ["+i", parent]);
        try
        {
            await Engine.RemoveAsync(await CreateAsync(), Cancellation);
            Assert.Contains(Engine.Safeguards, each => each.Name == "Disk quota" && !each.Ok);
        }
        finally
        {
            await HostCommand.RunAsync("chattr", ["-i", parent]);
        }

        await CreateAsync();

        Assert.Single(DiskBed.Images(Settings));
        Assert.All(Engine.Safeguards.Where(each => each.Name == "Disk quota"), each => Assert.True(each.Ok));
    }

    [Fact]
    public async Task CreateAsync_EngineRefuses_LeavesNoDisk()
    {
        var spec = new ContainerSpec(Settings.RentalName, $"sha256:{new string('0', 64)}", Settings.SshPort, ContainerLabels.Spare);

        await Assert.ThrowsAsync<ContainerEngineException>(() => Engine.CreateAsync(spec, Cancellation));

        Assert.Empty(DiskBed.Images(Settings));
        Assert.Empty(DiskBed.Mounts(Settings));
    }

    [Fact]
    public async Task CreateAsync_DiskKeptAhead_IsTheContainersAndTheNextIsKeptWhenItIsFree()
    {
        var kept = await ReadyAsync();

        var id = await CreateAsync();

        Assert.Equal(Path.ChangeExtension(kept, ".img"), Assert.Single(DiskBed.Images(Settings)));
        Assert.Empty(Ready());
        await Engine.RemoveAsync(id, Cancellation);
        Assert.NotEqual(kept, await ReadyAsync());
    }

    [Fact]
    public async Task CreateAsync_DiskKeptAheadIsAway_HasAnother()
    {
        File.Delete(await ReadyAsync());

        await StartAsync();

        Assert.Single(DiskBed.Images(Settings));
    }

    [Theory]
    [InlineData(512)]
    [InlineData(128)]
    public async Task CreateAsync_DiskKeptAheadHasAnotherSize_GetsWhatItIsGivenNow(int size)
    {
        await ReadyAsync();
        Settings.Disk = DiskRule.Of((long)size << 20);

        await CreateAsync();

        Assert.Equal((long)size << 20, new FileInfo(Assert.Single(DiskBed.Images(Settings))).Length);
        Assert.Empty(Ready());
    }

    [Fact]
    public async Task PrepareImageAsync_DiskThatACrashLeftBeforeItWasGiven_IsGone()
    {
        var left = Path.Combine(Path.GetDirectoryName(await ReadyAsync())!, "00000000000000aa.ready");
        await File.WriteAllTextAsync(left, "left", Cancellation);

        await Engine.PrepareImageAsync(null, Cancellation);

        Assert.False(File.Exists(left));
        Assert.Single(Ready());
    }

    [Fact]
    public async Task Dispose_DiskKeptAhead_IsGone()
    {
        var kept = await ReadyAsync();

        Engine.Dispose();

        Assert.False(File.Exists(kept));
    }

    [Fact]
    public async Task RestartAsync_DiskTurnedReadOnly_IsWritableAgain()
    {
        var id = await StartAsync();
        await InsideAsync(id, "echo mine > /root/mine && sync");
        // As ext4 does by itself when the file system under its file had no room.
        await HostCommand.RunAsync("mount", ["-o", "remount,ro", Assert.Single(DiskBed.Mounts(Settings))]);
        Assert.NotEqual(0, (await InsideAsync(id, "echo more > /root/more")).Code);
        await Engine.GuardAsync(Cancellation);
        Assert.Contains(Engine.Safeguards, each => each.Name == "Disk quota" && !each.Ok && each.Detail.Contains("nothing can be written", StringComparison.Ordinal));

        await Engine.RestartAsync(id, Cancellation);
        await Engine.WaitForSshAsync(id, Settings.SshPort, Cancellation);

        Assert.Equal(0, (await InsideAsync(id, "grep mine /root/mine && echo more > /root/more")).Code);
        await Engine.GuardAsync(Cancellation);
        Assert.Contains(Engine.Safeguards, each => each.Name == "Disk quota" && each.Ok);
    }

    [Fact]
    public async Task StartAsync_StoppedWithADiskThatTurnedReadOnly_IsWritableAgain()
    {
        var id = await StartAsync();
        await HostCommand.RunAsync("mount", ["-o", "remount,ro", Assert.Single(DiskBed.Mounts(Settings))]);
        await HostCommand.RunAsync("docker", ["stop", "--time", "1", id]);

        await Engine.StartAsync(id, Cancellation);
        await Engine.WaitForSshAsync(id, Settings.SshPort, Cancellation);

        Assert.Equal(0, (await InsideAsync(id, "echo more > /root/more")).Code);
    }

    [Fact]
    public async Task CreateAsync_ImageDeclaresAVolume_SaysThatItHasNoLimit()
    {
        var bare = (await HostCommand.RunAsync("docker", ["create", Docker.Image.Id, "true"])).Trim();
        var image = (await HostCommand.RunAsync("docker", ["commit", "--change", "VOLUME /data", bare, CopyName])).Trim();
        await HostCommand.RunAsync("docker", ["rm", bare]);

        var id = await Engine.CreateAsync(new ContainerSpec(Settings.RentalName, image, Settings.SshPort, ContainerLabels.Spare), Cancellation);

        var state = Assert.Single(Engine.Safeguards, each => each.Name == "Disk quota");
        Assert.False(state.Ok);
        Assert.Contains("/data", state.Detail, StringComparison.Ordinal);
        Assert.Contains("--container.image", state.Remedy, StringComparison.Ordinal);
        var volume = (await HostCommand.RunAsync("docker", ["inspect", "--format", "{{range .Mounts}}{{.Name}}{{end}}", id])).Trim();
        await Engine.RemoveAsync(id, Cancellation);
        Assert.NotEqual(0, (await HostCommand.TryRunAsync("docker", ["volume", "inspect", volume])).Code);
    }

    string[] Ready() => DiskBed.Images(Settings, suffix: ".ready");

    async Task<string> ReadyAsync()
    {
        await Condition.UntilAsync(() => Ready().Length == 1);
        return Ready()[0];
    }

    Task<string> CreateAsync() => Engine.CreateAsync(
        new ContainerSpec(Settings.RentalName, Docker.Image.Id, Settings.SshPort, ContainerLabels.Spare), Cancellation);
}
