using ComputeMiner.Containers;
using ComputeMiner.Containers.Disks;

namespace ComputeMiner.Tests.Containers.Disks;

public sealed class LoopDisksTests : IDisposable
{
    const int Disks = 60;

    readonly TemporaryDirectory _there = new();

    public void Dispose() => _there.Dispose();

    [Fact]
    public async Task AttachAsync_NoMountPointCanBeMade_SaysSo()
    {
        const string Name = "00000000000000aa";
        await File.WriteAllTextAsync(_there.At("disks"), "", TestContext.Current.CancellationToken);
        var (disks, mounts) = (Directory.CreateDirectory(_there.At("images")).FullName, _there.At("disks"));
        await MakeImageAsync($"{disks}/{Name}.img");
        var loops = new LoopDisks(disks, mounts, _there.At("records"), new EngineNamespace(new Uri("tcp://127.0.0.1:9"), TimeProvider.System));

        var fault = await Assert.ThrowsAsync<ContainerEngineException>(() => loops.AttachAsync(Name, TestContext.Current.CancellationToken));

        Assert.Contains(mounts, fault.Message, StringComparison.Ordinal);
    }

    /// <summary>What is written to a broken file system goes over a renter's files: it is mended first, or not mounted.</summary>
    [Theory]
    [InlineData("set_inode_field <11> size 123456789", true)]
    [InlineData("set_inode_field <11> mode 0", false)]
    public async Task AttachAsync_FileSystemHasErrors_IsMendedOrNotMounted(string harm, bool isMended)
    {
        const string Name = "00000000000000ab";
        var image = $"{Directory.CreateDirectory(_there.At("disks")).FullName}/{Name}.img";
        await MakeImageAsync(image);
        await HostCommand.RunAsync("debugfs", ["-w", "-R", harm, image]);
        // As the kernel marks one on which it met an error.
        await HostCommand.RunAsync("debugfs", ["-w", "-R", "set_super_value state 2", image]);
        var loops = new LoopDisks(_there.At("disks"), _there.At("mounts"), _there.At("records"), new EngineNamespace(new Uri("tcp://127.0.0.1:9"), TimeProvider.System));
        try
        {
            var attaching = loops.AttachAsync(Name, TestContext.Current.CancellationToken);
            if (isMended)
                await attaching;
            else
                Assert.Contains($"e2fsck {image}", (await Assert.ThrowsAsync<ContainerEngineException>(() => attaching)).Message, StringComparison.Ordinal);
            Assert.Equal(isMended, (await File.ReadAllTextAsync("/proc/self/mounts", TestContext.Current.CancellationToken)).Contains(loops.MountPoint(Name), StringComparison.Ordinal));
        }
        finally
        {
            await HostCommand.TryRunAsync("umount", [loops.MountPoint(Name)]);
        }
        Assert.Equal(isMended, (await HostCommand.RunAsync("dumpe2fs", ["-h", image])).Split('\n').Any(line => line.StartsWith("Filesystem state:", StringComparison.Ordinal) && line.EndsWith(" clean", StringComparison.Ordinal)));
    }

    static async Task MakeImageAsync(string path)
    {
        await using (var file = File.Create(path))
            file.SetLength(20 << 20);
        await HostCommand.RunAsync("mkfs.ext4", ["-F", "-q", path]);
    }

    [Fact]
    public async Task SweepAsync_WhileDisksAreMade_TakesNoneAway()
    {
        var disks = new LoopDisks(_there.At("disks"), _there.At("mounts"), _there.At("records"), new EngineNamespace(new Uri("tcp://127.0.0.1:9"), TimeProvider.System));
        using var over = new CancellationTokenSource();
        var sweeping = Task.Run(async () =>
        {
            while (!over.IsCancellationRequested)
                await disks.SweepAsync(() => Task.FromResult<IReadOnlySet<string>>(new HashSet<string>()));
        }, TestContext.Current.CancellationToken);

        try
        {
            for (var made = 0; made < Disks; made++)
            {
                var ready = await disks.MakeAsync($"{made:x16}", 1 << 20, TestContext.Current.CancellationToken);
                Assert.True(disks.Has(ready));
                disks.Drop(ready);
            }
        }
        finally
        {
            await over.CancelAsync();
            await sweeping;
        }
    }
}
