using System.Net.Sockets;
using System.Text.Json;
using Docker.DotNet;

namespace ComputeMiner.Containers;

/// <summary>Turns the Docker client's exceptions into ours, each with what to do about it.</summary>
static class DockerErrors
{
    /// <summary>Runs one request against the Docker Engine with a time limit of its own.</summary>
    public static async Task<T> GuardAsync<T>(
        Uri endpoint, string what, TimeSpan limit, TimeProvider time, Func<CancellationToken, Task<T>> request, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            return await request(either.Token);
        }
        catch (DockerApiException fault)
        {
            throw new ContainerEngineException($"The Docker Engine refused to {what} ({(int)fault.StatusCode}): {fault.ResponseBody}", fault);
        }
        catch (OperationCanceledException fault) when (!cancellation.IsCancellationRequested)
        {
            throw new ContainerEngineException(
                $"The Docker Engine did not {what} within {limit.TotalSeconds:0} s. See `journalctl -u docker`.", fault);
        }
        catch (JsonException fault)
        {
            throw new ContainerEngineException(
                $"What answers at {endpoint} did not {what} in words that a Docker Engine uses. See `journalctl -u docker`.", fault);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or SocketException or TimeoutException)
        {
            throw Unavailable(endpoint, fault);
        }
    }

    /// <summary>Names the reason why nobody answers at the address.</summary>
    public static ContainerEngineUnavailableException Unavailable(Uri endpoint, Exception fault)
    {
        for (var cause = fault; cause is not null; cause = cause.InnerException)
        {
            if (cause is SocketException { SocketErrorCode: SocketError.AccessDenied })
                return new ContainerEngineUnavailableException(
                    EngineFault.PermissionDenied,
                    $"This user may not use the Docker Engine at {endpoint}. Add it to the group: `sudo usermod -aG docker {Environment.UserName}`, then log in again.",
                    fault);
        }
        return new ContainerEngineUnavailableException(
            EngineFault.Unreachable,
            $"No Docker Engine answers at {endpoint}. Install one with `sudo apt-get install docker.io` or start it with `sudo systemctl start docker`.",
            fault);
    }

    /// <summary>Refuses an engine that is older than what the miner speaks.</summary>
    public static void RequireVersion(string engine, string api)
    {
        if (!Version.TryParse(api, out var version) || version < DockerProfile.OldestApi)
            throw new ContainerEngineUnavailableException(
                EngineFault.TooOld,
                $"Docker Engine {engine} (API {api}) is too old: the miner needs API {DockerProfile.OldestApi}, that is Docker 20.10. Upgrade it.");
    }
}
