using System.Security.Cryptography;
using System.Text;
using Docker.DotNet.Models;

namespace ComputeMiner.Containers.Disks;

/// <summary>
/// Holds each tenant to its share of the disk, with all it can write: its files wherever they lie, and the network files the engine mounts
/// from its own data. Memory, shared memory and the log have limits of their own.
/// </summary>
sealed partial class TenantDisks(
    ContainerOptions options, EngineNamespace engine, Func<CancellationToken, Task<SystemInfoResponse>> describe, ILogger<TenantDisks> logger)
    : IDisposable
{
    static readonly SafeguardState OffState = new(DiskPlan.Title, true, "off: a tenant can fill the file system of Docker's data");

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    readonly List<Task> _removals = [];
    DiskPlan? _plan;
    string? _refusal;
    volatile SafeguardState? _lack;
    volatile SafeguardState _current = new(DiskPlan.Title, true, "not looked at yet");

    /// <summary>How it stands, from memory.</summary>
    public SafeguardState Current => _lack ?? _current;

    /// <summary>Bytes the newest container's tenant may write; null without a limit.</summary>
    public long? Bytes { get; private set; }

    /// <summary>Looks what this host has; changes nothing.</summary>
    public async Task<SafeguardState> ExamineAsync(CancellationToken cancellation)
    {
        if (options.Disk.IsOff)
            return OffState;
        var plan = await FindAsync(cancellation);
        return plan.Describe(plan.Means == DiskMeans.None ? 0 : Measure(plan));
    }

    /// <summary>Finds the means, and takes away what earlier runs left.</summary>
    /// <exception cref="ContainerEngineException">A size is set and nothing on this host holds a tenant to it.</exception>
    public async Task PrepareAsync(Func<Task<IReadOnlySet<string>>> readUsed, CancellationToken cancellation)
    {
        TrustEngine();
        var plan = _plan = await FindAsync(cancellation);
        await SweepAsync(readUsed);
        var disks = Disks(plan);
        // What an earlier run gave to a tenant who is still there.
        Bytes = (await readUsed()).Select(disks.Size).FirstOrDefault(size => size is not null) ?? Bytes;
        if (options.Disk.IsOff)
            _current = OffState;
        else if (plan.Means == DiskMeans.None)
            Refuse(plan);
        else
            Tell(plan.Describe(Measure(plan)));
        KeepAhead();
    }

    /// <summary>What a container that is about to be created gets; null where there is no limit.</summary>
    /// <exception cref="ContainerEngineException">A size is set and it cannot be held.</exception>
    public async Task<TenantDisk?> NewAsync(CancellationToken cancellation)
    {
        if (options.Disk.IsOff)
        {
            _current = OffState;
            return null;
        }
        var plan = _plan ??= await FindAsync(cancellation);
        if (plan.Means == DiskMeans.None)
        {
            Refuse(plan);
            return null;
        }
        var bytes = Measure(plan);
        try
        {
            var disk = plan.Means == DiskMeans.LoopFile ? await MakeAsync(plan, bytes, cancellation) : OfEngine(plan, bytes);
            Bytes = disk.Bytes;
            Tell(plan.Describe(disk.Bytes));
            return disk;
        }
        catch (ContainerEngineException fault) when (options.Disk.Bytes is null)
        {
            // This one goes without; the next is tried again.
            Refuse(plan with { Means = DiskMeans.None, Detail = fault.Message });
            return null;
        }
    }

    /// <summary>What such a container gets whose disk the engine refused to hold, by the next best means; null where there is no limit.</summary>
    /// <exception cref="ContainerEngineException">A size is set and it cannot be held.</exception>
    public async Task<TenantDisk?> NewInsteadAsync(TenantDisk refused, ContainerEngineException fault, CancellationToken cancellation)
    {
        refused.Dispose();
        (_refusal, _plan) = (fault.Message, null);
        try
        {
            return await NewAsync(cancellation);
        }
        catch
        {
            // It may have refused for another reason, which passes.
            TrustEngine();
            throw;
        }
    }

    /// <summary>The engine is asked to hold the limit again.</summary>
    public void TrustEngine() => (_refusal, _plan) = (null, null);

    /// <summary>Leads a created container to its disk.</summary>
    /// <exception cref="ContainerEngineException">That cannot be; the container is of no use then.</exception>
    public async Task BindAsync(ContainerInspectResponse container, TenantDisk disk, CancellationToken cancellation)
    {
        // Volumes the image asks for lie beside all that, and have no size.
        if (container.Mounts?.Where(each => each.Type == "volume").Select(each => each.Destination).ToList() is { Count: > 0 } volumes)
            Tell(new SafeguardState(DiskPlan.Title, false, $"{_current.Detail}; but the image declares volumes that have no limit: {string.Join(", ", volumes)}",
                "use an image without VOLUME, see --container.image"));
        if (disk.Name is not { } name)
            return;
        var plan = _plan ??= await FindAsync(cancellation);
        var disks = Disks(plan);
        if (plan.Remap && container.GraphDriver?.Data is { } places && places.TryGetValue("UpperDir", out var upper))
            await engine.RunOnFilesAsync("chown", ["-R", $"--reference={upper}", disks.MountPoint(name)], cancellation);
        try
        {
            WritableLayer.Lead(container, disks.MountPoint(name), engine.FilesRoot);
        }
        catch (ContainerEngineException fault) when (options.Disk.Bytes is null)
        {
            Degrade(plan, fault);
            throw;
        }
    }

    /// <summary>Takes away the disk of a container that did not come about. Never fails: what is left goes at the next sweep.</summary>
    public async Task TakeBackAsync(TenantDisk disk)
    {
        if (disk.Name is not { } name || _plan is not { } plan)
            return;
        await Disks(plan).RemoveAsync(name);
        KeepAhead();
    }

    /// <summary>Makes sure that a container that is about to start has its disk.</summary>
    /// <exception cref="ContainerEngineException">It is gone, or cannot be mounted.</exception>
    public async Task AttachAsync(ContainerInspectResponse container, CancellationToken cancellation)
    {
        if (NameOf(container) is not { } name)
            return;
        var disks = Disks(_plan ??= await FindAsync(cancellation));
        await disks.AttachAsync(name, cancellation);
        WritableLayer.Lead(container, disks.MountPoint(name), engine.FilesRoot);
    }

    /// <summary>True when nothing can be written to a container's disk until it was at rest and is mounted anew.</summary>
    public async Task<bool> NeedsRestAsync(ContainerInspectResponse container, CancellationToken cancellation) =>
        NameOf(container) is { } name && Disks(_plan ??= await FindAsync(cancellation)).IsReadOnly(name);

    /// <summary>Takes a removed container's disk away, behind everybody's back: a large one takes its time.</summary>
    public async Task RemoveAsync(ContainerInspectResponse container, CancellationToken cancellation)
    {
        if (NameOf(container) is not { } name)
            return;
        var disks = Disks(_plan ??= await FindAsync(cancellation));
        lock (_removals)
        {
            _removals.RemoveAll(each => each.IsCompleted);
            _removals.Add(Task.Run(async () =>
            {
                await disks.RemoveAsync(name);
                KeepAhead();
            }, CancellationToken.None));
        }
    }

    /// <summary>Waits a while for disks that are being removed; the next start goes on with the rest.</summary>
    public void Dispose()
    {
        Task[] pending;
        lock (_removals)
            pending = [.. _removals];
        Task.WaitAll(pending, Patience);
        DropAhead();
    }

    /// <summary>Takes away what no container has.</summary>
    public async Task SweepAsync(Func<Task<IReadOnlySet<string>>> readUsed)
    {
        if (_plan is { } plan && engine.CanReachFiles && Environment.IsPrivilegedProcess)
            await Disks(plan).SweepAsync(readUsed);
    }

    // Labels go with an image that somebody makes of a container, mounts do not: only what is mounted from a disk has it.
    static string? NameOf(ContainerInspectResponse container) =>
        container.Config?.Labels is { } labels && labels.TryGetValue(TenantDisk.NameKey, out var name) && name.Length > 0 && name.All(char.IsAsciiHexDigit)
        && container.HostConfig?.Mounts?.Any(each => each.Source?.Contains($"/{name}/etc/", StringComparison.Ordinal) == true) == true
            ? name
            : null;

    async Task<DiskPlan> FindAsync(CancellationToken cancellation)
    {
        var plan = DiskProbe.Choose(
            await describe(cancellation), engine.CanReachFiles ? engine.ReadMounts() : null, Environment.IsPrivilegedProcess, program => HostProgram.Find(program) is not null, _refusal);
        return plan.Means == DiskMeans.Engine && options.Disk.Bytes is null && !(options.Endpoint.Scheme == "unix" && Directory.Exists(plan.Directory))
            ? plan with { Means = DiskMeans.None, Detail = $"{plan.Detail}, and how much is free there cannot be seen from here; --container.disk SIZE needs not to know" }
            : plan;
    }

    // Two engines of one host have different data.
    LoopDisks Disks(DiskPlan plan) => new(
        $"{plan.Directory}/computeminer/{options.Instance}",
        $"/run/computeminer/{options.Instance}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(plan.Directory)))[..8]}",
        $"{plan.Directory}/containers",
        engine);

    long Measure(DiskPlan plan)
    {
        if (options.Disk.Bytes is { } chosen)
            return DiskSize.Align(chosen);
        var disks = Disks(plan);
        try
        {
            var drive = new DriveInfo(disks.Here(plan.Directory));
            return DiskSize.Share(drive.TotalSize, drive.AvailableFreeSpace + disks.Taken());
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ContainerEngineException($"How much room there is in Docker's data at {plan.Directory} cannot be seen: {fault.Message}", fault);
        }
    }

    async Task<TenantDisk> MakeAsync(DiskPlan plan, long bytes, CancellationToken cancellation)
    {
        var disks = Disks(plan);
        var ready = await TakeAheadAsync(disks, bytes);
        IDisposable? held = null;
        try
        {
            ready ??= await disks.MakeAsync(NewName(), bytes, cancellation);
            held = await disks.GiveAsync(ready, cancellation);
            var at = disks.Here(disks.MountPoint(ready.Name));
            WritableLayer.Prepare(at);
            TenantDisk.WriteFiles($"{at}/etc");
            return new TenantDisk(DiskMeans.LoopFile, ready.Bytes, ready.Name, $"{disks.MountPoint(ready.Name)}/etc", held);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            held?.Dispose();
            if (ready is not null)
                await disks.RemoveAsync(ready.Name);
            throw new ContainerEngineException($"The disk of a container cannot be made: {fault.Message}", fault);
        }
    }

    // Those files lie in the engine's data, which its quota does not count: a tenant may read them only.
    TenantDisk OfEngine(DiskPlan plan, long bytes)
    {
        var files = $"{plan.Directory}/computeminer/{options.Instance}-etc";
        if (!engine.CanReachFiles)
            return new TenantDisk(DiskMeans.Engine, bytes, null, null, null);
        try
        {
            TenantDisk.WriteFiles(engine.FilesRoot + files);
            return new TenantDisk(DiskMeans.Engine, bytes, null, files, null);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new TenantDisk(DiskMeans.Engine, bytes, null, null, null);
        }
    }
}
