using System.Globalization;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace ComputeMiner.Containers;

/// <summary>
/// The renters' port, held by the Docker Engine for a container that is gone. An engine that dies after it published a container's port and
/// before the container ran publishes it once more when it comes back, then drops the container's place in the network and forgets whose the
/// port was (seen with 20.10.24). No request takes it back; the engine's next start does.
/// </summary>
sealed partial class LostPort(DockerClient docker, EngineNamespace host, ContainerOptions options, TimeProvider time, ILogger<LostPort> logger)
{
    const string Unit = "docker.service";

    // A container that is being started has its proxy before the engine tells its address.
    static readonly TimeSpan SecondLook = TimeSpan.FromSeconds(2);

    // A restart that did not help is not tried over and over. An engine that died again since is another matter.
    static readonly TimeSpan BetweenRestarts = TimeSpan.FromMinutes(10);

    (int Engine, long At)? _restarted;

    /// <summary>Restarts the engine when it holds the port for nobody and nothing runs that would end with it.</summary>
    /// <returns>True when the engine was restarted; false when it does not hold the port, or holds it for a container that is there.</returns>
    /// <exception cref="ContainerEngineException">The engine holds the port for nobody and may not be restarted, or failed.</exception>
    public async Task<bool> TryFreeAsync(CancellationToken cancellation)
    {
        if (await FindHolderAsync(cancellation) is not { } holder)
            return false;
        await Task.Delay(SecondLook, time, cancellation);
        if (await FindHolderAsync(cancellation) != holder)
            return false;
        if (await FindObstacleAsync(holder.Parent, cancellation) is { } obstacle)
            throw new ContainerEngineException(
                $"The Docker Engine holds the port {options.SshPort} for a container that is gone: it died while it started it. Restart it with `sudo systemctl restart docker` when none of its containers is needed; {obstacle}.");
        Log.Restarting(logger, options.SshPort);
        _restarted = (holder.Parent, time.GetTimestamp());
        var restart = await HostProgram.RunAsync("systemctl", ["restart", Unit], "", time, cancellation);
        if (!restart.Good)
            throw new ContainerEngineException($"The Docker Engine could not be restarted, see `systemctl status {Unit}`: {restart.Errors}");
        _restarted = (await ReadEngineAsync(cancellation) ?? holder.Parent, time.GetTimestamp());
        return true;
    }

    // Null when nobody holds the port for the engine, or it is a container's that is there.
    async Task<PortProxy?> FindHolderAsync(CancellationToken cancellation)
    {
        var proxies = PortProxy.Of(options.SshPort).Where(each => host.IsInNetwork(each.Process) && IsEngine(each.Parent)).ToList();
        if (proxies.Count == 0)
            return null;
        // One that does not run has no proxy, and is listed for a while with the address it had: a start that failed for this very reason had it too.
        var addresses = (await ListAsync(cancellation)).Where(IsUp)
            .SelectMany(each => each.NetworkSettings?.Networks?.Values.SelectMany(at => (string?[])[at.IPAddress, at.GlobalIPv6Address]) ?? []).ToHashSet();
        return proxies.Exists(each => addresses.Contains(each.Address)) ? null : proxies[0];
    }

    async Task<string?> FindObstacleAsync(int engine, CancellationToken cancellation)
    {
        if (!options.RestartDocker)
            return "the miner does not by itself, as --container.restart-docker=false says";
        if ((await ListAsync(cancellation)).FirstOrDefault(IsUp) is { } running)
            return $"the miner does not by itself while others run, such as {running.Names?.FirstOrDefault()?.TrimStart('/') ?? running.ID}";
        if (_restarted is { } last && last.Engine == engine && time.GetElapsedTime(last.At) < BetweenRestarts)
            return "the miner did so a moment ago and it did not help";
        return await ReadEngineAsync(cancellation) == engine ? null : $"the miner cannot, because {Unit} is not what runs it";
    }

    // The process of the service; null where there is no such service.
    async Task<int?> ReadEngineAsync(CancellationToken cancellation)
    {
        var shown = await HostProgram.RunAsync("systemctl", ["show", "--property=MainPID", "--value", Unit], "", time, cancellation);
        return shown.Good && int.TryParse(shown.Output.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var engine) ? engine : null;
    }

    static bool IsUp(ContainerListResponse container) => container.State is not ("created" or "exited" or "dead");

    static bool IsEngine(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/comm").Trim() == "dockerd";
        }
        catch (IOException)
        {
            return false;
        }
    }

    Task<IList<ContainerListResponse>> ListAsync(CancellationToken cancellation) => DockerErrors.GuardAsync(
        options.Endpoint, "list containers", options.EngineTimeout, time,
        token => docker.Containers.ListContainersAsync(new ContainersListParameters { All = true }, token), cancellation);

    static partial class Log
    {
        [LoggerMessage(3020, LogLevel.Warning,
            "The Docker Engine holds the port {Port} for a container that is gone, since it died while it started it. Nothing runs on it: restarting it")]
        public static partial void Restarting(ILogger logger, int port);
    }
}
