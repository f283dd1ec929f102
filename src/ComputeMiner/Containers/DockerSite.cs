using System.Net;
using System.Net.Sockets;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace ComputeMiner.Containers;

/// <summary>
/// What a container needs around it: its network there, its name and its port free. Found wanting, it is said before anybody is promised
/// the machine.
/// </summary>
sealed class DockerSite(DockerClient docker, ContainerFacts facts, LostPort lost, EngineNamespace host, ContainerOptions options, TimeProvider time)
{
    /// <summary>Makes the network where it lacks and drops probes that a crash left behind.</summary>
    /// <exception cref="ContainerEngineException">The engine failed, or something of others has the name or the port.</exception>
    public async Task<BridgeNetwork> PrepareAsync(CancellationToken cancellation)
    {
        var network = await EnsureNetworkAsync(cancellation);
        var all = await AskAsync(
            "list containers", token => docker.Containers.ListContainersAsync(new ContainersListParameters { All = true }, token), cancellation);
        RequireNames(all);
        var isUsed = all.Any(each => IsOurs(each) && each.State is "running" or "paused" or "restarting");
        if (!isUsed && !IsPortFree() && !(await lost.TryFreeAsync(cancellation) && IsPortFree()))
            throw PortTaken();
        foreach (var probe in all.Where(each => IsOurs(each) && IsProbe(each.Labels)))
            await AskAsync("remove a probe", token => RemoveAsync(probe.ID, token), cancellation);
        await facts.SweepAsync(all.Where(IsOurs).Select(each => each.ID).ToHashSet(), cancellation);
        return network;
    }

    /// <summary>The network as it is; null when there is none.</summary>
    /// <exception cref="ContainerEngineException">The engine failed, or what has the name is no network for tenants.</exception>
    public Task<BridgeNetwork?> FindNetworkAsync(CancellationToken cancellation) => AskAsync($"find the network {options.Network}", async token =>
    {
        try
        {
            return Accept(await docker.Networks.InspectNetworkAsync(options.Network, token));
        }
        catch (DockerNetworkNotFoundException)
        {
            return null;
        }
    }, cancellation);

    /// <summary>Removes the network if this miner made it and nobody is on it any more.</summary>
    public async Task RemoveNetworkAsync(CancellationToken cancellation) => await AskAsync($"remove the network {options.Network}", async token =>
    {
        try
        {
            var network = await docker.Networks.InspectNetworkAsync(options.Network, token);
            if (IsOurs(network.Labels))
                await docker.Networks.DeleteNetworkAsync(network.ID, token);
        }
        catch (DockerNetworkNotFoundException)
        {
            // It is not there, as was asked for.
        }
        return true;
    }, cancellation);

    public static bool IsProbe(IDictionary<string, string>? labels) =>
        labels is not null && labels.TryGetValue(ContainerLabels.KindKey, out var kind) && kind == ContainerLabels.ProbeKind;

    static string? NameOf(ContainerListResponse container) => container.Names is [var name, ..] ? name.TrimStart('/') : null;

    bool IsOurs(ContainerListResponse container) => IsOurs(container.Labels);

    bool IsOurs(IDictionary<string, string>? labels) =>
        labels is not null && labels.TryGetValue(ContainerLabels.InstanceKey, out var instance) && instance == options.Instance;

    void RequireNames(IEnumerable<ContainerListResponse> containers)
    {
        var foreign = containers.FirstOrDefault(each => !IsOurs(each) && NameOf(each) is { } taken && IsNeeded(taken));
        if (foreign is null)
            return;
        var name = NameOf(foreign);
        if (foreign.Labels is { } labels && labels.TryGetValue(ContainerLabels.InstanceKey, out var other))
            throw new ContainerEngineException(
                $"The container {name} belongs to a miner with the hotkey {other}…, which may have a renter in it. Run that miner until it is over, or give this one other names and ports with --container.name-prefix and --ssh.port.");
        throw new ContainerEngineException(
            $"A container named {name} is there that is not this miner's, so that no rental can be started. Rename or remove it: `docker rename {name} other`.");
    }

    bool IsNeeded(string name) => name == options.RentalName || name == options.TestName || name == options.SpareName;

    bool IsPortFree() => host.AnyAddresses.All(IsPortFree);

    bool IsPortFree(IPAddress address)
    {
        // .NET's own IPv6 may be switched off where the engine's is not.
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && !Socket.OSSupportsIPv6)
            return true;
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // Leaves a listening stranger in the way and connections that only fade away not.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(new IPEndPoint(address, options.SshPort));
            return true;
        }
        catch (SocketException fault)
        {
            // Only root may bind low ports; the engine can.
            return fault.SocketErrorCode != SocketError.AddressAlreadyInUse;
        }
    }

    ContainerEngineException PortTaken() => new(
        $"The port {options.SshPort} for renters is taken. See who has it with `ss -ltnp`, free it or choose another one with --ssh.port.");

    async Task<BridgeNetwork> EnsureNetworkAsync(CancellationToken cancellation)
    {
        if (await FindNetworkAsync(cancellation) is { } found)
            return found;
        await AskAsync(
            $"create the network {options.Network}", token => docker.Networks.CreateNetworkAsync(DockerProfile.ToNetwork(options), token), cancellation);
        return await FindNetworkAsync(cancellation)
            ?? throw new ContainerEngineException($"The network {options.Network} was created and is not there. See `docker network ls`.");
    }

    // Docker's own networks are shared with every other container of the host, or are the host's itself.
    BridgeNetwork Accept(NetworkResponse network) => network is { Driver: "bridge", Name: not "bridge" }
        ? new BridgeNetwork(
            network.ID,
            network.Options is { } set && set.TryGetValue(DockerProfile.BridgeName, out var name) ? name : $"br-{network.ID[..12]}",
            network.EnableIPv6,
            network.Labels is { } labels && labels.ContainsKey(ContainerLabels.InstanceKey) && !IsOurs(labels))
        : throw new ContainerEngineException(
            $"The network {network.Name} is not one of the kind `docker network create {network.Name}` makes, so tenants cannot be kept apart on it. Name another one with --container.network.");

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
