using System.Net;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace ComputeMiner.Containers;

/// <content>How a container comes about, also where an earlier request for one was answered too late.</content>
sealed partial class DockerEngine
{
    static readonly TimeSpan NamePatience = TimeSpan.FromSeconds(10);
    static readonly TimeSpan NamePoll = TimeSpan.FromMilliseconds(100);

    // The rules are looked at while the engine creates, which takes longer; nothing runs yet.
    async Task<string> CreateGuardedAsync(CreateContainerParameters parameters, CancellationToken cancellation)
    {
        var guarded = GuardAsync(cancellation);
        var creating = CreateNamedAsync(parameters, cancellation);
        try
        {
            await Task.WhenAll(guarded, creating);
        }
        catch (Exception) when (creating.IsCompletedSuccessfully)
        {
            await RemoveAsync(await creating, CancellationToken.None);
            throw;
        }
        return await creating;
    }

    // An engine that was asked by somebody who then was cut off goes on: what it makes has the name, at once or in a moment, and is nobody's.
    async Task<string> CreateNamedAsync(CreateContainerParameters parameters, CancellationToken cancellation)
    {
        var begin = _time.GetTimestamp();
        while (true)
        {
            try
            {
                return await CreateOnceAsync(parameters, cancellation);
            }
            catch (ContainerEngineException fault)
                when (fault.InnerException is DockerApiException { StatusCode: HttpStatusCode.Conflict } && _time.GetElapsedTime(begin) < NamePatience)
            {
                if (await InspectAsync(parameters.Name!, cancellation) is { } holder && !await TryMakeRoomAsync(holder, cancellation))
                    throw;
                await Task.Delay(NamePoll, _time, cancellation);
            }
        }
    }

    async Task<bool> TryMakeRoomAsync(ContainerInspectResponse holder, CancellationToken cancellation)
    {
        // Once started, somebody may have been let in.
        if (!IsOurs(holder) || holder.State is not { Status: "created" })
            return false;
        try
        {
            await RemoveAsync(holder.ID, cancellation);
        }
        catch (ContainerEngineException fault) when (fault is not ContainerEngineUnavailableException)
        {
            // The engine may still be at it. Where it cannot be removed at all the name stays taken, which is said.
        }
        return true;
    }

    async Task<string> CreateOnceAsync(CreateContainerParameters parameters, CancellationToken cancellation) => (await AskAsync(
        $"create the container {parameters.Name}", token => _docker.Containers.CreateContainerAsync(parameters, token), cancellation)).ID;
}
