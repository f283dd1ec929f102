using ComputeMiner.Containers;

namespace ComputeMiner.Allocations;

/// <summary>Compares the ledger with the containers and repairs towards: the renter keeps the machine.</summary>
sealed partial class AllocationReconciler(
    IContainerEngine engine, AllocationLedger ledger, RentalClock clock, ILogger<AllocationReconciler> logger)
{
    readonly HashSet<string> _kept = [];

    /// <summary>
    /// At start: finishes what a crash cut off, brings a rental back, rebuilds a lost ledger from labels, removes containers of ours that
    /// belong to nothing. Returns what holds the machine.
    /// </summary>
    public async Task<Allocation?> RestoreAsync(CancellationToken cancellation)
    {
        var containers = await engine.ListAsync(cancellation);
        var held = ledger.Read();
        if (held is not null && IsOver(held, containers))
        {
            await FinishAsync(held, containers, cancellation);
            containers = [.. containers.Where(each => !Belongs(each, held))];
            held = null;
        }
        held = Settle(held, containers);
        await RemoveOrphansAsync(containers, held, cancellation);
        if (held is null)
        {
            RequireKnown(containers);
            return null;
        }
        held = await TryRepairAsync(held, containers, cancellation);
        if (held.State == AllocationState.Releasing)
        {
            await FinishAsync(held, containers, cancellation);
            return null;
        }
        ledger.Write(held);
        Log.Restored(logger, held.Id, held.Kind, held.State, held.Expires);
        return held;
    }

    /// <summary>
    /// Removes containers of ours that belong to nothing, as a create leaves one that was answered too late, and returns what there is. Only
    /// for whoever alone may change the world.
    /// </summary>
    public async Task<IReadOnlyList<ContainerRecord>> SweepAsync(Allocation? held, CancellationToken cancellation)
    {
        var containers = await engine.ListAsync(cancellation);
        await RemoveOrphansAsync(containers, held, cancellation);
        return containers;
    }

    /// <summary>
    /// Makes the container be as the allocation says: started, frozen or not. Returns the allocation as it is then: a rental without
    /// container is Failed and still held, a test without one is over.
    /// </summary>
    public async Task<Allocation> RepairAsync(Allocation held, IReadOnlyList<ContainerRecord> containers, CancellationToken cancellation)
    {
        // His own before any other one with its labels.
        if ((containers.FirstOrDefault(each => each.Id == held.ContainerId) ?? containers.FirstOrDefault(each => Belongs(each, held))) is not { } container)
        {
            if (held.State != AllocationState.Failed)
                Log.ContainerLost(logger, held.Id, held.Kind);
            return held with { State = held.Kind == AllocationKind.Rental ? AllocationState.Failed : AllocationState.Releasing };
        }
        if (container.State is ContainerState.Created or ContainerState.Stopped)
        {
            Log.StartedAgain(logger, held.Id, held.Kind);
            await engine.StartAsync(container.Id, cancellation);
        }
        if (held.State == AllocationState.Paused && container.State != ContainerState.Paused)
            await engine.PauseAsync(container.Id, cancellation);
        if (held.State == AllocationState.Running && container.State == ContainerState.Paused)
            await engine.ResumeAsync(container.Id, cancellation);
        return held with { State = held.State == AllocationState.Paused ? AllocationState.Paused : AllocationState.Running, ContainerId = container.Id };
    }

    // The answer leaves after Running is written: whoever was starting never got credentials. And a test never keeps a rental's place.
    bool IsOver(Allocation held, IReadOnlyList<ContainerRecord> containers) =>
        held.State is AllocationState.Reserving or AllocationState.Starting or AllocationState.Releasing
        || (held.Kind == AllocationKind.Test && FindClaims(held, containers).Count > 0);

    async Task FinishAsync(Allocation over, IReadOnlyList<ContainerRecord> containers, CancellationToken cancellation)
    {
        foreach (var each in containers.Where(each => Belongs(each, over)))
            await engine.RemoveAsync(each.Id, cancellation);
        ledger.Delete(over, clock.Now);
        Log.Finished(logger, over.Id, over.Kind);
    }

    // A container that cannot be brought up now is no reason to forget whose it is; the next round of care tries again.
    async Task<Allocation> TryRepairAsync(Allocation held, IReadOnlyList<ContainerRecord> containers, CancellationToken cancellation)
    {
        try
        {
            return await RepairAsync(held, containers, cancellation);
        }
        catch (ContainerEngineException fault)
        {
            Log.RepairFailed(logger, held.Id, held.Kind, fault.Message);
            return held;
        }
    }

    // One that cannot be removed now keeps nobody else waiting.
    async Task RemoveOrphansAsync(IReadOnlyList<ContainerRecord> containers, Allocation? held, CancellationToken cancellation)
    {
        foreach (var each in containers.Where(each => held is null || !Belongs(each, held)))
        {
            if (!IsNobodys(each))
            {
                if (_kept.Add(each.Id))
                    Log.Kept(logger, each.Name, each.Id);
                continue;
            }
            try
            {
                await engine.RemoveAsync(each.Id, cancellation);
                Log.OrphanRemoved(logger, each.Name, each.Id);
            }
            catch (ContainerEngineException fault)
            {
                Log.OrphanStays(logger, each.Name, each.Id, fault.Message);
            }
        }
    }

    // By id too: labels of another version of the miner may not be readable.
    static bool Belongs(ContainerRecord container, Allocation held) =>
        container.Id == held.ContainerId || container.Labels?.Allocation == held.Id;
}
