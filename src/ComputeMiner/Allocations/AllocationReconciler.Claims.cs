using ComputeMiner.Containers;

namespace ComputeMiner.Allocations;

/// <content>
/// Whose a container is that the ledger does not name. Records are written before containers and deleted after them, so the ledger was lost
/// or is older than the container: on doubt there is a renter in it, and it stays.
/// </content>
sealed partial class AllocationReconciler
{
    /// <summary>A container is there that may be a renter's although nobody has the machine.</summary>
    public bool HasClaim(IReadOnlyList<ContainerRecord> containers) => FindClaims(null, containers).Count > 0 || containers.Any(IsUnknown);

    // Who has the machine, when the containers know more than the ledger.
    Allocation? Settle(Allocation? held, IReadOnlyList<ContainerRecord> containers)
    {
        var claims = FindClaims(held, containers);
        if (claims.Count == 0)
            return held;
        if (claims is [var only])
        {
            if (held is null)
                return Adopt(only);
            // An older ledger, as a backup holds one: it lacks what came later and names what is long gone.
            if (only.Labels!.Started > held.Started && !containers.Any(each => Belongs(each, held)))
            {
                var adopted = Adopt(only);
                ledger.Drop(held.Id);
                Log.Replaced(logger, held.Id, held.Hotkey, adopted.Id);
                return adopted;
            }
        }
        throw new ContainerEngineException(
            $"More than one rental claims this machine: {string.Join("; ", Describe(held, containers, claims))}. None of them is touched and nothing is handed out. "
            + "Find out whose the machine is, then end the other one: `docker rm -f` and its container's name, or `miner release` for the one in the ledger.");
    }

    static IEnumerable<string> Describe(Allocation? held, IReadOnlyList<ContainerRecord> containers, IEnumerable<ContainerRecord> claims)
    {
        var found = claims.Select(each => $"{each.Labels!.Allocation} of {each.Labels.Hotkey} in container {each.Name} since {each.Labels.Started:u}");
        if (held is null)
            return found;
        var where = containers.FirstOrDefault(each => Belongs(each, held)) is { } container ? $"container {container.Name}" : "no container";
        return found.Prepend($"{held.Id} of {held.Hotkey} in the ledger and in {where} since {held.Started:u}");
    }

    Allocation Adopt(ContainerRecord container)
    {
        var adopted = AllocationLabels.Read(container)!;
        clock.Resume(AllocationLabels.ReadBegin(container.Labels!), adopted.Expires - adopted.Started);
        ledger.WriteClock(clock.Read());
        Log.Adopted(logger, adopted.Id, adopted.Hotkey);
        return adopted;
    }

    // Where one would do, it is let end by the clock like any other; beside another one, what is past its end counts no more.
    List<ContainerRecord> FindClaims(Allocation? held, IReadOnlyList<ContainerRecord> containers)
    {
        var claims = containers.Where(each => IsClaim(each) && (held is null || !Belongs(each, held))).ToList();
        return held is null && claims.Count == 1 ? claims : [.. claims.Where(each => !IsPastItsEnd(each))];
    }

    // A rental's that was started once and is not known to be over.
    bool IsClaim(ContainerRecord container) =>
        container.State != ContainerState.Created && AllocationLabels.Read(container) is { Kind: AllocationKind.Rental } found && !ledger.HasEnded(found.Id);

    bool IsPastItsEnd(ContainerRecord container) =>
        clock.HasPassed(AllocationLabels.ReadBegin(container.Labels!), container.Labels!.Expires - container.Labels.Started);

    // Never started, or kept ahead, a test's, or a rental's that is over: nobody loses anything.
    bool IsNobodys(ContainerRecord container) =>
        container.State == ContainerState.Created
        || container.Labels is { IsSpare: true }
        || AllocationLabels.Read(container) is { } found
            && (found.Kind == AllocationKind.Test || ledger.HasEnded(found.Id) || IsPastItsEnd(container));

    // Whoever may be in a container that says nothing about itself: better no new renter than the loss of one.
    static void RequireKnown(IReadOnlyList<ContainerRecord> containers)
    {
        if (containers.FirstOrDefault(IsUnknown) is { } unknown)
            throw new ContainerEngineException(
                $"Container {unknown.Name} is this miner's, but neither the ledger nor its labels tell whose it is. If nobody needs it: `docker rm -f {unknown.Name}`.");
    }

    static bool IsUnknown(ContainerRecord container) =>
        container.State != ContainerState.Created && container.Labels is not { IsSpare: true } && AllocationLabels.Read(container) is null;
}
