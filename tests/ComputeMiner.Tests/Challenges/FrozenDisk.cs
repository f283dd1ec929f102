using ComputeMiner.Tests.Containers;

namespace ComputeMiner.Tests.Challenges;

/// <summary>A file system that hangs: whoever writes to it is kept by the kernel and survives even SIGKILL, until it is thawed.</summary>
sealed class FrozenDisk : IAsyncDisposable
{
    readonly string _directory = Directory.CreateTempSubdirectory("computeminer-tests-").FullName;
    bool _isFrozen;

    public string Mount => Path.Combine(_directory, "disk");

    string Image => Path.Combine(_directory, "image");

    public static async Task<FrozenDisk> CreateAsync()
    {
        var disk = new FrozenDisk();
        Directory.CreateDirectory(disk.Mount);
        await HostCommand.RunAsync("truncate", ["-s", "8M", disk.Image]);
        await HostCommand.RunAsync("mkfs.ext4", ["-q", disk.Image]);
        await HostCommand.RunAsync("mount", ["-o", "loop", disk.Image, disk.Mount]);
        await HostCommand.RunAsync("fsfreeze", ["--freeze", disk.Mount]);
        disk._isFrozen = true;
        return disk;
    }

    public async Task ThawAsync()
    {
        _isFrozen = false;
        await HostCommand.RunAsync("fsfreeze", ["--unfreeze", Mount]);
    }

    public async ValueTask DisposeAsync()
    {
        if (_isFrozen)
            await ThawAsync();
        // Lazily: what was kept may need a moment to let go.
        await HostCommand.RunAsync("umount", ["--lazy", Mount]);
        Directory.Delete(_directory, recursive: true);
    }
}
