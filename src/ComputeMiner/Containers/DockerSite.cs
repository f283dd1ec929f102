using System.Net;
using System.Net.Sockets;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace ComputeMiner.Containers;

/// <summary>
/// What a container needs around it: its network there, its name and its port free. Found wanting, it is said before anybody is promised
/// the machine.
/// </summary>
sealed class DockerSite(DockerClient docker, ContainerFacts facts, ContainerOptions options, TimeProvider time)
{
    /// <summary>Makes the network where it lacks and drops probes that a crash left behind.</summary>
    /// <exception cref="ContainerEngineException">The engine failed, or something of others has the name or the port.</exception>
    public async Task PrepareAsync(CancellationToken cancellation)
    {
        await EnsureNetworkAsync(cancellation);
        var all = await AskAsync(
            "list containers", token => docker.Containers.ListContainersAsync(new ContainersListParameters { All = true }, token), cancellation);
        RequireNames(all);
        if (!all.Any(each => IsOurs(each) && each.State is "running" or "paused" or "restarting"))
            RequirePort();
        foreach (var probe in all.Where(each => IsOurs(each) && IsProbe(each.Labels)))
            await AskAsync("remove a probe", token => RemoveAsync(probe.ID, token), cancellation);
        await facts.SweepAsync(all.Where(IsOurs).Select(each => each.ID).ToHashSet(), cancellation);
    }

    public static bool IsProbe(IDictionary<string, string>? labels) =>
        labels is not null && labels.TryGetValue(ContainerLabels.KindKey, out var kind) && kind == ContainerLabels.ProbeKind;

    bool IsOurs(ContainerListResponse container) =>
        container.Labels is { } labels && labels.TryGetValue(ContainerLabels.InstanceKey, out var instance) && instance == options.Instance;

    void RequireNames(IEnumerable<ContainerListResponse> containers)
    {
        var foreign = containers
            .Where(each => !IsOurs(each))
            .SelectMany(each => each.Names ?? [])
            .FirstOrDefault(name => IsNeeded(name.TrimStart('/')));
        if (foreign is not null)
            throw new ContainerEngineException(
                $"A container named {foreign.TrimStart('/')} is there that is not this miner's, so that no rental can be started. Rename or remove it: `docker rename {foreign.TrimStart('/')} other`.");
    }

    bool IsNeeded(string name) => name == options.RentalName || name == options.TestName || name == options.SpareName;

    void RequirePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // Leaves a listening stranger in the way and connections that only fade away not.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(new IPEndPoint(IPAddress.Any, options.SshPort));
        }
        catch (SocketException fault) when (fault.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new ContainerEngineException(
                $"The port {options.SshPort} for renters is taken. See who has it with `ss -ltnp`, free it or choose another one with --ssh.port.", fault);
        }
        catch (SocketException)
        {
            // Only root may bind low ports; the engine can.
        }
    }

    Task<bool> EnsureNetworkAsync(CancellationToken cancellation) => AskAsync($"create the network {options.Network}", async token =>
    {
        try
        {
            await docker.Networks.InspectNetworkAsync(options.Network, token);
        }
        catch (DockerNetworkNotFoundException)
        {
            await docker.Networks.CreateNetworkAsync(DockerProfile.ToNetwork(options), token);
        }
        return true;
    }, cancellation);

    async Task<bool> RemoveAsync(string id, CancellationToken cancellation)
    {
        try
        {
            await docker.Containers.RemoveContainerAsync(id, new ContainerRemoveParameters { Force = true }, cancellation);
        }
        catch (DockerContainerNotFoundException)
        {
            // Removed meanwhile.
        }
        return true;
    }

    Task<T> AskAsync<T>(string what, Func<CancellationToken, Task<T>> request, CancellationToken cancellation) =>
        DockerErrors.GuardAsync(options.Endpoint, what, options.EngineTimeout, time, request, cancellation);
}
