using ComputeMiner.Containers;

namespace ComputeMiner.Allocations;

/// <summary>Compares the ledger with the containers and repairs towards: the renter keeps the machine.</summary>
sealed partial class AllocationReconciler(
    IContainerEngine engine, AllocationLedger ledger, AllocationOptions options, RentalClock clock, ILogger<AllocationReconciler> logger)
{
    /// <summary>
    /// At start: finishes what a crash cut off, brings a rental back, rebuilds a lost ledger from labels, removes containers of ours that
    /// belong to nothing. Returns what holds the machine.
    /// </summary>
    public async Task<Allocation?> RestoreAsync(CancellationToken cancellation)
    {
        var containers = await engine.ListAsync(cancellation);
        var held = ledger.Read() ?? Adopt(containers);
        await RemoveOrphansAsync(containers, held, cancellation);
        if (held is null)
            return null;

        // The answer leaves after Running is written: whoever was starting never got credentials.
        if (held.State is AllocationState.Reserving or AllocationState.Starting)
            held = held with { State = AllocationState.Releasing };
        else if (held.State != AllocationState.Releasing)
            held = await TryRepairAsync(held, containers, cancellation);

        if (held.State != AllocationState.Releasing)
        {
            ledger.Write(held);
            Log.Restored(logger, held.Id, held.Kind, held.State, held.Expires);
            return held;
        }
        foreach (var each in containers.Where(each => Belongs(each, held)))
            await engine.RemoveAsync(each.Id, cancellation);
        ledger.Delete(held.Id);
        Log.Finished(logger, held.Id, held.Kind);
        return null;
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
        if (containers.FirstOrDefault(each => Belongs(each, held)) is not { } container)
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
        foreach (var each in containers.Where(each => !IsUnknown(each) && (held is null || !Belongs(each, held))))
        {
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

    // A container without a ledger record means that the ledger was lost: records are written before containers and deleted after them.
    Allocation? Adopt(IReadOnlyList<ContainerRecord> containers)
    {
        var released = ledger.ReadReleased(clock.Now - options.ReleaseMemory).Select(each => each.Id).ToHashSet();
        var lost = containers
            .Where(each => each.State != ContainerState.Created && AllocationLabels.Read(each) is { Kind: AllocationKind.Rental } found && !released.Contains(found.Id))
            .MaxBy(each => each.Labels!.Started);
        if (lost is null)
        {
            RequireKnown(containers);
            return null;
        }
        var adopted = AllocationLabels.Read(lost)!;
        clock.Resume(AllocationLabels.ReadBegin(lost.Labels!), adopted.Expires - adopted.Started);
        ledger.WriteClock(clock.Read());
        Log.Adopted(logger, adopted.Id, adopted.Hotkey);
        return adopted;
    }

    // Whoever may be in a container that says nothing about itself: better no new renter than the loss of one.
    static void RequireKnown(IReadOnlyList<ContainerRecord> containers)
    {
        if (containers.FirstOrDefault(IsUnknown) is { } unknown)
            throw new ContainerEngineException(
                $"Container {unknown.Name} is this miner's, but neither the ledger nor its labels tell whose it is. If nobody needs it: `docker rm -f {unknown.Name}`.");
    }

    static bool IsUnknown(ContainerRecord container) => container is { Labels: null, State: not ContainerState.Created };
}
