using Docker.DotNet;
using Docker.DotNet.Models;

namespace ComputeMiner.Containers;

/// <summary>
/// What a container that was made before its tenant was known would have carried as labels. Labels of a container never change, so the
/// labels of an empty volume beside it carry them: written in one step, out of the tenant's reach, there as long as the container is.
/// </summary>
sealed class ContainerFacts(DockerClient docker, ContainerOptions options, TimeProvider time)
{
    const string ContainerKey = "computeminer.container";

    public Task WriteAsync(string container, ContainerLabels facts, CancellationToken cancellation)
    {
        var labels = facts.ToDictionary();
        labels[ContainerLabels.InstanceKey] = options.Instance;
        labels[ContainerKey] = container;
        var parameters = new VolumesCreateParameters { Name = NameOf(container), Labels = labels };
        return AskAsync("note whose container it is", token => docker.Volumes.CreateAsync(parameters, token), cancellation);
    }

    /// <summary>The facts by the container's id.</summary>
    public async Task<IReadOnlyDictionary<string, ContainerLabels>> ReadAsync(CancellationToken cancellation)
    {
        var facts = new Dictionary<string, ContainerLabels>();
        foreach (var volume in await ListAsync(cancellation))
        {
            if (volume.Labels!.TryGetValue(ContainerKey, out var container) && ContainerLabels.FromDictionary(volume.Labels!.AsReadOnly()) is { } labels)
                facts[container] = labels;
        }
        return facts;
    }

    /// <summary>Drops the facts of a container; none is success.</summary>
    public Task RemoveAsync(string container, CancellationToken cancellation) => RemoveVolumeAsync(NameOf(container), cancellation);

    /// <summary>Drops the facts of containers that are not there any more.</summary>
    public async Task SweepAsync(IReadOnlySet<string> containers, CancellationToken cancellation)
    {
        foreach (var volume in await ListAsync(cancellation))
        {
            if (!volume.Labels!.TryGetValue(ContainerKey, out var container) || !containers.Contains(container))
                await RemoveVolumeAsync(volume.Name, cancellation);
        }
    }

    string NameOf(string container) => $"computeminer-{options.Instance}-{container}";

    async Task<IReadOnlyList<VolumeResponse>> ListAsync(CancellationToken cancellation)
    {
        var parameters = new VolumesListParameters
        {
            Filters = new Dictionary<string, IDictionary<string, bool>>
            {
                ["label"] = new Dictionary<string, bool> { [$"{ContainerLabels.InstanceKey}={options.Instance}"] = true },
            },
        };
        var list = await AskAsync("list volumes", token => docker.Volumes.ListAsync(parameters, token), cancellation);
        // A volume of ours that is not one of these is none of this class's business.
        return [.. (list.Volumes ?? []).Where(each => each.Labels?.ContainsKey(ContainerKey) == true)];
    }

    Task<bool> RemoveVolumeAsync(string name, CancellationToken cancellation) => AskAsync("drop a container's note", async token =>
    {
        try
        {
            await docker.Volumes.RemoveAsync(name, force: true, token);
        }
        catch (DockerApiException fault) when (fault.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            // Dropped before.
        }
        return true;
    }, cancellation);

    Task<T> AskAsync<T>(string what, Func<CancellationToken, Task<T>> request, CancellationToken cancellation) =>
        DockerErrors.GuardAsync(options.Endpoint, what, options.EngineTimeout, time, request, cancellation);
}
