using ComputeMiner.Containers;
using ComputeMiner.Containers.Disks;
using Microsoft.Extensions.Logging.Abstractions;

namespace ComputeMiner.Tests.Containers.Disks;

/// <summary>A tenant's disk over restarts of the engine and of the host, on an engine of its own.</summary>
[Collection(PrivateDockerCollection.Name)]
public sealed class DiskRestartTests(PrivateDocker docker) : IAsyncLifetime
{
    readonly ContainerOptions _settings = new()
    {
        Instance = $"disk-tests-{DockerFixture.Instance[^8..]}",
        Endpoint = docker.Endpoint,
        Network = "disk-tests",
        SshPort = DockerFixture.FreePort(),
        Disk = DiskRule.Of(128 << 20),
    };

    DockerEngine _engine = null!;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _engine = new DockerEngine(_settings, TimeProvider.System, NullLoggerFactory.Instance);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var each in await _engine.ListAsync(CancellationToken.None))
            await _engine.RemoveAsync(each.Id, CancellationToken.None);
        await _engine.RemoveNetworkAsync(CancellationToken.None);
        _engine.Dispose();
        Assert.Empty(DiskBed.Mounts(_settings));
        Assert.Empty(DiskBed.Images(_settings, docker.Data));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Engine_Restarts_TheFileIsThereAndTheLimitToo(bool kill)
    {
        var id = await StartAsync();

        await docker.StopAsync(kill);
        await docker.StartAsync();
        // As the reconciler does with a rental that the engine did not bring back.
        await _engine.StartAsync(id, Cancellation);

        await RequireAsync(id);
    }

    [Fact]
    public async Task Host_Reboots_NothingStartsWithoutItsDiskAndThenTheFileIsThere()
    {
        var id = await StartAsync();
        await docker.StopAsync(kill: true);
        // What a reboot does to mounts and to /run.
        var mount = Assert.Single(DiskBed.Mounts(_settings));
        await HostCommand.RunAsync("umount", [mount]);
        Directory.Delete(Path.GetDirectoryName(mount)!, true);

        await docker.StartAsync();

        // The engine tries by itself, and must not come up with an empty disk.
        Assert.Equal("false", (await docker.RunAsync("inspect", "--format", "{{.State.Running}}", id)).Trim());
        Assert.NotEqual(0, (await HostCommand.TryRunAsync("docker", ["-H", docker.Endpoint.ToString(), "start", id])).Code);
        // The start of a miner looks for what a crash left before anything else: this is nothing of that kind.
        await _engine.PrepareImageAsync(null, Cancellation);
        await _engine.StartAsync(id, Cancellation);
        await RequireAsync(id);
    }

    [Fact]
    public async Task Create_EndsBeforeTheDiskIsLed_IsLedAtTheStart()
    {
        var id = await StartAsync();
        await docker.StopAsync(kill: true);
        var upper = new DirectoryInfo($"{docker.Data}/overlay2").GetDirectories().SelectMany(each => each.GetFileSystemInfos("diff"))
            .Single(each => each.LinkTarget is not null);
        // Killed between taking the directory away and putting the link there.
        upper.Delete();
        await docker.StartAsync();

        await _engine.StartAsync(id, Cancellation);

        await RequireAsync(id);
    }

    [Fact]
    public async Task StartAsync_FileGone_SaysSoAndStartsNothing()
    {
        var id = await StartAsync();
        await docker.RunAsync("stop", "-t", "0", id);
        await HostCommand.RunAsync("umount", [Assert.Single(DiskBed.Mounts(_settings))]);
        var image = Assert.Single(DiskBed.Images(_settings, docker.Data));
        File.Move(image, image + ".away");

        var fault = await Assert.ThrowsAsync<ContainerEngineException>(() => _engine.StartAsync(id, Cancellation));

        Assert.Contains(image, fault.Message, StringComparison.Ordinal);
        File.Move(image + ".away", image);
        await _engine.StartAsync(id, Cancellation);
        await RequireAsync(id);
    }

    // The renter's file, and a limit that still holds.
    async Task RequireAsync(string id)
    {
        var (code, output, errors) = await docker.ExecAsync(id,
            "cat /root/mine && df -B1M --output=size / | tail -1 && ! dd if=/dev/zero of=/tmp/much bs=1M count=200 2>/dev/null && rm /tmp/much");
        Assert.True(code == 0, $"{output}{errors}");
        Assert.StartsWith("mine\n", output, StringComparison.Ordinal);
    }

    async Task<string> StartAsync()
    {
        await _engine.PrepareImageAsync(null, Cancellation);
        var start = DateTimeOffset.UnixEpoch;
        var labels = new ContainerLabels("0123456789abcdef", "rental", "owner", "hotkey", start, start);
        var id = await _engine.CreateAsync(new ContainerSpec("one", docker.Image.Id, _settings.SshPort, labels), Cancellation);
        await _engine.StartAsync(id, Cancellation);
        await _engine.DeliverAsync(id, SshAccess.Create(null).ToFiles(docker.Image), Cancellation);
        Assert.Equal(0, (await docker.ExecAsync(id, "echo mine > /root/mine && sync")).Code);
        return id;
    }
}
