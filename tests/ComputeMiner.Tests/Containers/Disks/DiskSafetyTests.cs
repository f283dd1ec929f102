using ComputeMiner.Containers;
using ComputeMiner.Containers.Disks;
using Microsoft.Extensions.Logging.Abstractions;

namespace ComputeMiner.Tests.Containers.Disks;

/// <summary>What must not happen to a tenant's disk, nor through it, on a real engine.</summary>
[Collection(DockerCollection.Name)]
public sealed class DiskSafetyTests(DockerFixture docker) : IAsyncLifetime
{
    readonly ContainerOptions _settings = new()
    {
        Instance = docker.Settings.Instance,
        Network = docker.Settings.Network,
        NamePrefix = docker.Settings.NamePrefix,
        SshPort = docker.Settings.SshPort,
        Disk = DiskRule.Of(256 << 20),
    };

    DockerEngine _engine = null!;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    string CopyName => $"{_settings.Instance}-disk-copy";

    public async ValueTask InitializeAsync()
    {
        _engine = new DockerEngine(_settings, TimeProvider.System, NullLoggerFactory.Instance);
        await docker.RemoveAllAsync();
        await _engine.PrepareImageAsync(null, Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await docker.RemoveAllAsync();
        await HostCommand.TryRunAsync("docker", ["rmi", CopyName]);
        await Condition.UntilAsync(() => DiskBed.Images(_settings).Length == 0);
        _engine.Dispose();
    }

    [Fact]
    public async Task Disk_SetuidProgramOfATenant_IsOutOfReachOfTheHostsUsers()
    {
        var id = await StartAsync();
        Assert.Equal(0, (await InsideAsync(id, "cp /usr/bin/id /srv/id && chmod 4755 /srv/id && chmod 755 / /srv && sync")).Code);

        var there = $"{Assert.Single(DiskBed.Mounts(_settings))}/diff/srv/id";

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
        var image = Assert.Single(DiskBed.Images(_settings));
        var mount = Assert.Single(DiskBed.Mounts(_settings));
        File.Move(image, image + ".away");

        try
        {
            await _engine.PrepareImageAsync(null, Cancellation);

            Assert.Equal([mount], DiskBed.Mounts(_settings));
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
        var other = Directory.CreateDirectory($"{Path.GetDirectoryName(Assert.Single(DiskBed.Mounts(_settings)))}/00000000000000aa");
        var file = $"{other.FullName}/notes.txt";
        await File.WriteAllTextAsync(file, "theirs", Cancellation);

        try
        {
            await _engine.PrepareImageAsync(null, Cancellation);

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

        await _engine.StartAsync(copy, Cancellation);
        await _engine.RemoveAsync(copy, Cancellation);
        await _engine.PrepareImageAsync(null, Cancellation);

        Assert.Single(DiskBed.Images(_settings));
        await _engine.RestartAsync(id, Cancellation);
        Assert.Equal("mine", (await InsideAsync(id, "cat /root/mine")).Output.Trim());
    }

    [Fact]
    public async Task CreateAsync_DiskFailsOnce_TheNextContainerHasOneAgain()
    {
        _settings.Disk = DiskRule.Auto;
        var parent = Directory.CreateDirectory($"/var/lib/docker/computeminer/{_settings.Instance}").FullName;
        await HostCommand.RunAsync("chattr", ["+i", parent]);
        try
        {
            await _engine.RemoveAsync(await CreateAsync(), Cancellation);
            Assert.Contains(_engine.Safeguards, each => each.Name == "Disk quota" && !each.Ok);
        }
        finally
        {
            await HostCommand.RunAsync("chattr", ["-i", parent]);
        }

        await CreateAsync();

        Assert.Single(DiskBed.Images(_settings));
        Assert.All(_engine.Safeguards.Where(each => each.Name == "Disk quota"), each => Assert.True(each.Ok));
    }

    [Fact]
    public async Task RestartAsync_DiskTurnedReadOnly_IsWritableAgain()
    {
        var id = await StartAsync();
        await InsideAsync(id, "echo mine > /root/mine && sync");
        // As ext4 does by itself when the file system under its file had no room.
        await HostCommand.RunAsync("mount", ["-o", "remount,ro", Assert.Single(DiskBed.Mounts(_settings))]);
        Assert.NotEqual(0, (await InsideAsync(id, "echo more > /root/more")).Code);

        await _engine.RestartAsync(id, Cancellation);
        await _engine.WaitForSshAsync(id, _settings.SshPort, Cancellation);

        Assert.Equal(0, (await InsideAsync(id, "grep mine /root/mine && echo more > /root/more")).Code);
    }

    [Fact]
    public async Task CreateAsync_ImageDeclaresAVolume_SaysThatItHasNoLimit()
    {
        var bare = (await HostCommand.RunAsync("docker", ["create", docker.Image.Id, "true"])).Trim();
        var image = (await HostCommand.RunAsync("docker", ["commit", "--change", "VOLUME /data", bare, CopyName])).Trim();
        await HostCommand.RunAsync("docker", ["rm", bare]);

        var id = await _engine.CreateAsync(new ContainerSpec(_settings.RentalName, image, _settings.SshPort, ContainerLabels.Spare), Cancellation);

        var state = Assert.Single(_engine.Safeguards, each => each.Name == "Disk quota");
        Assert.False(state.Ok);
        Assert.Contains("/data", state.Detail, StringComparison.Ordinal);
        Assert.Contains("--container.image", state.Remedy, StringComparison.Ordinal);
        var volume = (await HostCommand.RunAsync("docker", ["inspect", "--format", "{{range .Mounts}}{{.Name}}{{end}}", id])).Trim();
        await _engine.RemoveAsync(id, Cancellation);
        Assert.NotEqual(0, (await HostCommand.TryRunAsync("docker", ["volume", "inspect", volume])).Code);
    }

    static Task<(int Code, string Output, string Errors)> InsideAsync(string id, string script) => HostCommand.TryRunAsync("docker", ["exec", id, "bash", "-c", script]);

    Task<string> StartAsync() => DiskBed.StartAsync(_engine, _settings, docker.Image, Cancellation);

    Task<string> CreateAsync() => _engine.CreateAsync(
        new ContainerSpec(_settings.RentalName, docker.Image.Id, _settings.SshPort, ContainerLabels.Spare), Cancellation);
}
