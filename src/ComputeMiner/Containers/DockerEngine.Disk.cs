using System.Net;
using ComputeMiner.Containers.Disks;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace ComputeMiner.Containers;

/// <content>What a tenant may write.</content>
sealed partial class DockerEngine
{
    readonly TenantDisks _disks;

    async Task<string> CreateOnDiskAsync(Func<CreateContainerParameters> profile, CancellationToken cancellation)
    {
        using var disk = await _disks.NewAsync(cancellation);
        try
        {
            return await CreateOnDiskAsync(profile(), disk, cancellation);
        }
        catch (ContainerEngineException fault) when (disk is { Means: DiskMeans.Engine } && IsRefusal(fault))
        {
            // What an engine's storage looks like is no promise that it holds a limit. Whether that was the reason shows without it.
            using var instead = await _disks.NewInsteadAsync(disk, fault, cancellation);
            try
            {
                return await CreateOnDiskAsync(profile(), instead, cancellation);
            }
            catch
            {
                _disks.TrustEngine();
                throw;
            }
        }
    }

    async Task<string> CreateOnDiskAsync(CreateContainerParameters parameters, TenantDisk? disk, CancellationToken cancellation)
    {
        if (disk is null)
            return await CreateGuardedAsync(parameters, cancellation);
        disk.ApplyTo(parameters);
        var id = await CreateForDiskAsync(parameters, disk, cancellation);
        await BindDiskAsync(id, disk, cancellation);
        return id;
    }

    async Task<string> CreateForDiskAsync(CreateContainerParameters parameters, TenantDisk disk, CancellationToken cancellation)
    {
        try
        {
            return await CreateGuardedAsync(parameters, cancellation);
        }
        catch
        {
            await _disks.TakeBackAsync(disk);
            throw;
        }
    }

    // A missing image and a taken name have nothing to do with the disk.
    static bool IsRefusal(ContainerEngineException fault) =>
        fault.InnerException is DockerApiException { StatusCode: not (HttpStatusCode.NotFound or HttpStatusCode.Conflict) };

    async Task BindDiskAsync(string id, TenantDisk disk, CancellationToken cancellation)
    {
        try
        {
            await _disks.BindAsync(await RequireAsync(id, cancellation), disk, cancellation);
        }
        catch
        {
            await RemoveAsync(id, CancellationToken.None);
            throw;
        }
    }

    async Task AttachDiskAsync(string id, CancellationToken cancellation)
    {
        if (await InspectAsync(id, cancellation) is { } container)
            await _disks.AttachAsync(container, cancellation);
    }

    // A file system that turned read-only can be mounted anew only while nobody uses it.
    async Task RestForDiskAsync(string id, CancellationToken cancellation)
    {
        if (await InspectAsync(id, cancellation) is not { State.Running: true } container || !await _disks.NeedsRestAsync(container, cancellation))
            return;
        var parameters = new ContainerStopParameters { WaitBeforeKillSeconds = RestartGraceSeconds };
        await DoAsync("stop the container", token => _docker.Containers.StopContainerAsync(id, parameters, token), cancellation);
    }

    async Task<ContainerInspectResponse> RequireAsync(string id, CancellationToken cancellation) =>
        await InspectAsync(id, cancellation) ?? throw new ContainerEngineException($"Container {id} is gone again.");

    async Task<IReadOnlySet<string>> ReadUsedDisksAsync(CancellationToken cancellation)
    {
        var all = await AskAsync("list containers", token => _docker.Containers.ListContainersAsync(OfInstance(), token), cancellation);
        return all.Select(each => each.Labels is { } labels && labels.TryGetValue(TenantDisk.NameKey, out var name) ? name : null)
            .OfType<string>().ToHashSet();
    }

    ContainersListParameters OfInstance() => new()
    {
        All = true,
        Filters = new Dictionary<string, IDictionary<string, bool>>
        {
            ["label"] = new Dictionary<string, bool> { [$"{ContainerLabels.InstanceKey}={_options.Instance}"] = true },
        },
    };
}
