using System.Globalization;

namespace ComputeMiner.Containers.Disks;

/// <summary>
/// File systems in files, one per container, each the size of what its tenant may write. The files lie beside the engine's data and outlive
/// a reboot; they are mounted under /run, which does not: until a container's own is mounted again, the engine cannot start it.
/// </summary>
/// <remarks>
/// The loop device is mount's: taken for a mount and given back with it, so that no crash leaves one behind. A file is locked while its
/// container does not exist yet.
/// </remarks>
sealed partial class LoopDisks(string directory, string mounts, string records, EngineNamespace engine)
{
    const string Suffix = ".img";

    const int MostMounts = 8;

    // e2fsck(8): below are a good file system and one that was mended.
    const int FirstFault = 4;

    /// <summary>Some hundred GB with many small files on a slow disk.</summary>
    static readonly TimeSpan MendPatience = TimeSpan.FromHours(1);

    // Nobody takes a directory away where another one is about to put something.
    static readonly Lock Directories = new();

    // Kept for the next container.
    const string ReadySuffix = ".ready";

    // What is being deleted: nobody's any more, whatever a container's label says.
    const string GoneSuffix = ".gone";

    // Sparse, so inode tables read as zeros anyway: writing them would take one and a half percent of the size. What a tenant makes is no
    // program of the host's: its setuid bit and its devices count inside the container alone, which sees them through another mount.
    const string MountOptions = "loop,discard,noinit_itable,nodev,nosuid";

    /// <summary>Where a disk's file system is seen by the engine.</summary>
    public string MountPoint(string name) => $"{mounts}/{name}";

    /// <summary>Makes a disk that nobody has yet. Nobody sweeps it before it is disposed.</summary>
    /// <exception cref="ContainerEngineException">It cannot be made; nothing of it is left.</exception>
    /// <exception cref="IOException">The same.</exception>
    public async Task<ReadyDisk> MakeAsync(string name, long bytes, CancellationToken cancellation)
    {
        var ready = new ReadyDisk(name, bytes, Open(name));
        try
        {
            ready.File.SetLength(bytes);
            // No blocks reserved: a tenant's root is none to this file system.
            await RunAsync("mkfs.ext4",
                ["-F", "-q", "-m", "0", "-O", "^resize_inode", "-E", "lazy_itable_init=1,lazy_journal_init=1,nodiscard", Ready(name)], cancellation);
            return ready;
        }
        catch
        {
            Drop(ready);
            throw;
        }
    }

    /// <summary>Gives a disk to a container that is about to exist, and mounts it.</summary>
    /// <returns>Held until the container exists: nobody sweeps the disk before.</returns>
    /// <exception cref="ContainerEngineException">It cannot be mounted; nothing of it is left.</exception>
    public async Task<IDisposable> GiveAsync(ReadyDisk ready, CancellationToken cancellation)
    {
        try
        {
            File.Move(Here(Ready(ready.Name)), Here(Image(ready.Name)));
            await MountAsync(ready.Name, cancellation);
            return ready.File;
        }
        catch
        {
            Drop(ready);
            await RemoveAsync(ready.Name);
            throw;
        }
    }

    /// <summary>Nobody took it away meanwhile.</summary>
    public bool Has(ReadyDisk ready) => File.Exists(Here(Ready(ready.Name)));

    /// <summary>Takes away a disk that nobody got.</summary>
    public void Drop(ReadyDisk ready)
    {
        ready.File.Dispose();
        Delete(Ready(ready.Name));
    }

    /// <summary>Mounts a disk unless it is, after its file system was looked over: a power failure leaves a journal, a full host errors.</summary>
    /// <exception cref="ContainerEngineException">It is not there, has errors that a person must look at, or cannot be mounted.</exception>
    public async Task AttachAsync(string name, CancellationToken cancellation)
    {
        if (IsMounted(name) && !IsReadOnly(name))
            return;
        if (!File.Exists(Here(Image(name))))
            throw new ContainerEngineException($"The file {Image(name)} with all that the tenant wrote is gone. Put it back; without it the container cannot start.");
        if (IsMounted(name))
            await RunAsync("umount", [MountPoint(name)], cancellation);
        await MendAsync(name, cancellation);
        await MountAsync(name, cancellation);
    }

    // A whole one is seen to be so at once. One that is not is mounted once it is: what is written meanwhile would go over the renter's files.
    async Task MendAsync(string name, CancellationToken cancellation)
    {
        // One that could not be run, or did not end, says nothing of the disk either.
        var result = await engine.RunOnFilesAsync("e2fsck", ["-p", Image(name)], cancellation, MendPatience);
        if (result.Code is ProgramResult.NotRun or >= FirstFault)
            throw new ContainerEngineException(string.Create(CultureInfo.InvariantCulture,
                $"The disk of a container has errors that could not be mended by themselves, and is not mounted: e2fsck ended with {result.Code}: {(result.Errors.Length > 0 ? result.Errors : result.Output.Trim())} Copy {Image(name)} and mend it with `e2fsck {Image(name)}`; the container starts then by itself."));
    }

    /// <summary>The kernel lets nothing be written any more: the file system under the file had no room, or an error. Only mounting it anew mends that.</summary>
    public bool IsReadOnly(string name) => OptionsOf(name)?.Split(',').Any(option => option is "ro" or "emergency_ro" or "shutdown") == true;

    /// <summary>A disk of somebody's is one of those.</summary>
    public bool AnyReadOnly() => Names(Suffix).Any(IsReadOnly);

    /// <summary>Takes a disk away with everything on it. Never fails: what is left goes at the next sweep.</summary>
    public async Task RemoveAsync(string name)
    {
        try
        {
            var (image, gone) = (Here(Image(name)), Here($"{directory}/{name}{GoneSuffix}"));
            if (File.Exists(image))
                File.Move(image, gone, overwrite: true);
            await DetachAsync(name);
            File.Delete(gone);
            Tidy();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ContainerEngineException)
        {
            // The next sweep finds it by its name.
        }
    }

    /// <summary>Bytes a disk holds at most; null when there is none.</summary>
    public long? Size(string name) => File.Exists(Here(Image(name))) ? new FileInfo(Here(Image(name))).Length : null;

    /// <summary>Bytes the disks may still take beyond what they take now.</summary>
    public long Promised() => Names(Suffix).Sum(name => Math.Max(0, (Size(name) ?? 0) - SparseFile.Allocated(Here(Image(name)))));

    /// <summary>Bytes the disks take on the host now.</summary>
    public long Taken() => Files("*").Sum(SparseFile.Allocated);

    /// <summary>A path of the engine's as this process reaches it.</summary>
    public string Here(string path) => engine.FilesRoot + path;

    string Image(string name) => $"{directory}/{name}{Suffix}";

    string Ready(string name) => $"{directory}/{name}{ReadySuffix}";

    // Never fails: what is left goes at the next sweep.
    void Delete(string file)
    {
        try
        {
            File.Delete(Here(file));
            Tidy();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // The next sweep finds it by its name.
        }
    }

    FileStream Open(string name)
    {
        lock (Directories)
        {
            Directory.CreateDirectory(Here(directory), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return new FileStream(Here(Ready(name)), new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
    }

    // Directories of miners that are over would add up.
    void Tidy()
    {
        lock (Directories)
            foreach (var each in (string[])[Here(directory), Here(mounts)])
                if (Directory.Exists(each) && !Directory.EnumerateFileSystemEntries(each).Any())
                    Directory.Delete(each);
    }

    bool IsMounted(string name) => OptionsOf(name) is not null;

    // Null where nothing is mounted.
    string? OptionsOf(string name) => !Directory.Exists(Here(MountPoint(name)))
        ? null
        : (engine.ReadMounts() ?? throw new ContainerEngineException("What is mounted where the Docker Engine runs cannot be seen from here."))
            .Split('\n').Select(line => line.Split(' ')).LastOrDefault(parts => parts is [_, var at, _, _, ..] && at == MountPoint(name))?[3];

    IEnumerable<string> Names(string suffix) => Files("*" + suffix).Select(path => Path.GetFileNameWithoutExtension(path));

    string[] Files(string pattern)
    {
        try
        {
            return Directory.GetFiles(Here(directory), pattern);
        }
        catch (DirectoryNotFoundException)
        {
            // No disk was made yet, or the last one was just tidied away.
            return [];
        }
    }

    async Task MountAsync(string name, CancellationToken cancellation)
    {
        try
        {
            lock (Directories)
                Directory.CreateDirectory(Here(MountPoint(name)));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ContainerEngineException($"{MountPoint(name)}, where the disk of a container is mounted, cannot be made: {fault.Message}", fault);
        }
        await RunAsync("mount", ["-t", "ext4", "-o", MountOptions, Image(name), MountPoint(name)], cancellation);
        try
        {
            // Users of the host have no business in there.
            File.SetUnixFileMode(Here(MountPoint(name)), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ContainerEngineException($"{MountPoint(name)} cannot be closed to the host's users: {fault.Message}", fault);
        }
    }

    async Task DetachAsync(string name)
    {
        // Two at once may have mounted it twice.
        for (var attempt = 0; attempt < MostMounts && IsMounted(name); attempt++)
            if (!(await engine.RunOnFilesAsync("umount", [MountPoint(name)], CancellationToken.None)).Good)
                // Something still looks into it; it goes with the last one.
                await engine.RunOnFilesAsync("umount", ["--lazy", MountPoint(name)], CancellationToken.None);
        if (Directory.Exists(Here(MountPoint(name))))
            Directory.Delete(Here(MountPoint(name)));
    }

    async Task RunAsync(string program, string[] arguments, CancellationToken cancellation)
    {
        var result = await engine.RunOnFilesAsync(program, arguments, cancellation);
        if (!result.Good)
            throw new ContainerEngineException(string.Create(CultureInfo.InvariantCulture,
                $"The disk of a container cannot be made: {program} ended with {result.Code}: {result.Errors}"));
    }
}
