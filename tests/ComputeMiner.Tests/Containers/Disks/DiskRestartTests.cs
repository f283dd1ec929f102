using ComputeMiner.Containers;
using ComputeMiner.Containers.Disks;

namespace ComputeMiner.Tests.Containers.Disks;

/// <summary>A tenant's disk over restarts of the engine and of the host, on an engine of its own.</summary>
public sealed class DiskRestartTests(PrivateDocker docker) : PrivateEngineBed(docker, $"disk-tests-{DockerFixture.Instance[^8..]}")
{
    public override ValueTask InitializeAsync()
    {
        Settings.Disk = DiskRule.Of(128 << 20);
        return base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Assert.Empty(DiskBed.Mounts(Settings));
        Assert.Empty(DiskBed.Images(Settings, Docker.Data));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Engine_Restarts_TheFileIsThereAndTheLimitToo(bool kill)
    {
        var id = await StartAsync();

        await Docker.StopAsync(kill);
        await Docker.StartAsync();
        // As the reconciler does with a rental that the engine did not bring back.
        await Engine.StartAsync(id, Cancellation);

        await RequireAsync(id);
    }

    [Fact]
    public async Task Host_Reboots_NothingStartsWithoutItsDiskAndThenTheFileIsThere()
    {
        var id = await StartAsync();
        await Docker.StopAsync(kill: true);
        // What a reboot does to mounts and to /run.
        var mount = Assert.Single(DiskBed.Mounts(Settings));
        await HostCommand.RunAsync("umount", [mount]);
        Directory.Delete(Path.GetDirectoryName(mount)!, true);

        await Docker.StartAsync();

        // The engine tries by itself, and must not come up with an empty disk.
        Assert.Equal("false", (await Docker.RunAsync("inspect", "--format", "{{.State.Running}}", id)).Trim());
        Assert.NotEqual(0, (await HostCommand.TryRunAsync("docker", ["-H", Docker.Endpoint.ToString(), "start", id])).Code);
        // The start of a miner looks for what a crash left before anything else: this is nothing of that kind.
        await Engine.PrepareImageAsync(null, Cancellation);
        await Engine.StartAsync(id, Cancellation);
        await RequireAsync(id);
    }

    [Fact]
    public async Task Create_EndsBeforeTheDiskIsLed_IsLedAtTheStart()
    {
        var id = await StartAsync();
        await Docker.StopAsync(kill: true);
        var upper = new DirectoryInfo($"{Docker.Data}/overlay2").GetDirectories().SelectMany(each => each.GetFileSystemInfos("diff"))
            .Single(each => each.LinkTarget is not null);
        // Killed between taking the directory away and putting the link there.
        upper.Delete();
        await Docker.StartAsync();

        await Engine.StartAsync(id, Cancellation);

        await RequireAsync(id);
    }

    [Fact]
    public async Task PrepareImageAsync_ContainerTheEngineDoesNotTellOf_LeavesItsDisk()
    {
        var id = await StartAsync();
        var record = $"{Docker.Data}/containers/{id}/config.v2.json";
        await Docker.StopAsync();
        // An engine started with another storage driver does not know the containers of this one, until it is set back.
        await File.WriteAllTextAsync(record, (await File.ReadAllTextAsync(record, Cancellation)).Replace("\"Driver\":\"overlay2\"", "\"Driver\":\"another\""), Cancellation);
        await Docker.StartAsync();
        Assert.Empty(await Engine.ListAsync(Cancellation));

        await Engine.PrepareImageAsync(null, Cancellation);
        await Engine.RemoveAsync(id, Cancellation);

        Assert.Single(DiskBed.Images(Settings, Docker.Data));
        await Docker.StopAsync();
        await File.WriteAllTextAsync(record, (await File.ReadAllTextAsync(record, Cancellation)).Replace("\"another\"", "\"overlay2\""), Cancellation);
        await Docker.StartAsync();
        await Engine.StartAsync(id, Cancellation);
        await RequireAsync(id);
    }

    [Fact]
    public async Task StartAsync_FileGone_SaysSoAndStartsNothing()
    {
        var id = await StartAsync();
        await Docker.RunAsync("stop", "-t", "0", id);
        await HostCommand.RunAsync("umount", [Assert.Single(DiskBed.Mounts(Settings))]);
        var image = Assert.Single(DiskBed.Images(Settings, Docker.Data));
        File.Move(image, image + ".away");

        var fault = await Assert.ThrowsAsync<ContainerEngineException>(() => Engine.StartAsync(id, Cancellation));

        Assert.Contains(image, fault.Message, StringComparison.Ordinal);
        File.Move(image + ".away", image);
        await Engine.StartAsync(id, Cancellation);
        await RequireAsync(id);
    }

    // The renter's file, and a limit that still holds.
    async Task RequireAsync(string id)
    {
        var (code, output, errors) = await Docker.ExecAsync(id,
            "cat /root/mine && df -B1M --output=size / | tail -1 && ! dd if=/dev/zero of=/tmp/much bs=1M count=200 2>/dev/null && rm /tmp/much");
        Assert.True(code == 0, $"{output}{errors}");
        Assert.StartsWith("mine\n", output, StringComparison.Ordinal);
    }

    async Task<string> StartAsync()
    {
        await Engine.PrepareImageAsync(null, Cancellation);
        var id = await StartAsync("one");
        Assert.Equal(0, (await Docker.ExecAsync(id, "echo mine > /root/mine && sync")).Code);
        return id;
    }
}
