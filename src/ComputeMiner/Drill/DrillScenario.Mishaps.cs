using ComputeMiner.Demo;

namespace ComputeMiner.Drill;

/// <content>What happens to a rented machine from outside.</content>
sealed partial class DrillScenario
{
    /// <summary>As long as it takes a miner to have tried more than once.</summary>
    static readonly TimeSpan While = TimeSpan.FromSeconds(3);

    static readonly TimeSpan Recovery = TimeSpan.FromMinutes(2);

    /// <summary>Plays a mishap.</summary>
    /// <param name="mishap">Which.</param>
    /// <param name="docker">The engine under the miner; needed for mishaps of it.</param>
    /// <param name="disk">The disk under its state; needed for mishaps of it.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>What was seen.</returns>
    /// <exception cref="InvalidOperationException">A promise was broken; the message says which.</exception>
    public async Task<string> RunAsync(DrillMishap mishap, DrillDocker? docker, DrillDisk? disk, CancellationToken cancellation)
    {
        await PrepareAsync(mishap == DrillMishap.DockerKilledAllocating ? DrillDeed.Allocate : DrillDeed.Deallocate, cancellation);
        var seen = mishap switch
        {
            DrillMishap.StateLost => await LoseStateAsync(cancellation),
            DrillMishap.StateFull => await FillStateAsync(disk!, cancellation),
            DrillMishap.StateReadOnly => await RefuseStateAsync(disk!, cancellation),
            DrillMishap.DockerStopped => await StopDockerAsync(docker!, cancellation),
            DrillMishap.DockerKilled => await KillDockerAsync(docker!, cancellation),
            _ => await KillDockerAllocatingAsync(docker!, cancellation),
        };
        await machine.RequireMarkerAsync(mayRest: docker is not null, cancellation);
        return seen;
    }

    async Task<string> LoseStateAsync(CancellationToken cancellation)
    {
        await machine.KillAsync(cancellation);
        machine.LoseState();
        await machine.StartMinerAsync(RequireHeldAsync, cancellation);
        var seen = await SettleHeldAsync(cancellation);
        await EndAsync(cancellation);
        return seen + ", given back, free";

        Task RequireHeldAsync() => RequireNotFreeAsync(heldThroughout: true, cancellation);
    }

    async Task<string> FillStateAsync(DrillDisk disk, CancellationToken cancellation)
    {
        disk.Fill();
        await RequireHeldForAWhileAsync(cancellation);
        await machine.KillAsync(cancellation);
        await machine.LaunchAsync();
        await RequireHeldForAWhileAsync(cancellation);
        disk.MakeRoom();
        // One that gave up is started by the service manager.
        await machine.KillAsync(cancellation);
        await machine.StartMinerAsync(() => RequireNotFreeAsync(heldThroughout: true, cancellation), cancellation);
        return await SettleHeldAsync(cancellation);
    }

    async Task<string> RefuseStateAsync(DrillDisk disk, CancellationToken cancellation)
    {
        await machine.KillAsync(cancellation);
        await disk.RefuseWritesAsync();
        var code = await machine.StartMinerInVainAsync(cancellation);
        Demand.That(code == 1, $"a miner that cannot write its state ended with exit code {code} instead of saying so with 1");
        await disk.TakeWritesAsync();
        await machine.StartMinerAsync(() => RequireNotFreeAsync(heldThroughout: true, cancellation), cancellation);
        return await SettleHeldAsync(cancellation);
    }

    async Task<string> StopDockerAsync(DrillDocker docker, CancellationToken cancellation)
    {
        await docker.StopAsync();
        await RequireHeldWithoutDockerAsync(docker, cancellation);
        return await SettleHeldAsync(cancellation);
    }

    async Task<string> KillDockerAsync(DrillDocker docker, CancellationToken cancellation)
    {
        await _rental!.Session.ActAsync("pause", cancellation);
        await docker.KillAsync();
        await RequireHeldWithoutDockerAsync(docker, cancellation);
        await Demand.SoonAsync(
            async () => await machine.ListAsync(cancellation) is [{ State: Containers.ContainerState.Paused }], "a frozen machine is not frozen again", cancellation);
        return await SettleHeldAsync(cancellation);
    }

    async Task<string> KillDockerAllocatingAsync(DrillDocker docker, CancellationToken cancellation)
    {
        var asked = _rental!.Session.AllocateAsync(1, "", testing: false, cancellation);
        // The worst moment: its port is published and the engine does not know the container as running.
        await Demand.WhenAsync(() => asked.IsCompleted || machine.IsPublished, "nothing is made", cancellation);
        await docker.KillAsync();
        var given = (await asked).Synapse.Output.Status == true;
        await docker.StartAsync(cancellation);
        if (given)
        {
            await RequireOneHolderAsync(cancellation);
            await EndAsync(cancellation);
            return "given just before, given back, free";
        }
        // The miner tries again at growing intervals.
        await Demand.WithinAsync(
            Recovery, async () => (await _rental!.Session.CheckAsync(cancellation)).Synapse.Output.Status == true, "the machine does not become free", cancellation);
        // Free is what can be rented.
        await _rental!.BeginAsync(Recovery, cancellation);
        await SettleHeldAsync(cancellation);
        await EndAsync(cancellation);
        return "refused, free, rented again, given back, free";
    }

    // It comes back in any case: without it nothing could be tidied up.
    async Task RequireHeldWithoutDockerAsync(DrillDocker docker, CancellationToken cancellation)
    {
        try
        {
            await RequireHeldForAWhileAsync(cancellation);
        }
        finally
        {
            await docker.StartAsync(CancellationToken.None);
        }
    }

    async Task RequireHeldForAWhileAsync(CancellationToken cancellation)
    {
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        for (var begin = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(begin) < While;)
        {
            await RequireNotFreeAsync(heldThroughout: true, cancellation);
            await pause.WaitForNextTickAsync(cancellation);
        }
    }
}
