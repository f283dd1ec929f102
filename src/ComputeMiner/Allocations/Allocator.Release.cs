using Bittensor.Compute;
using Bittensor.Keys;
using ComputeMiner.Containers;

namespace ComputeMiner.Allocations;

/// <content>How an allocation ends: by its owner, by its end, by the operator.</content>
sealed partial class Allocator
{
    TimeSpan _clockWritten;

    /// <summary>
    /// Ends the allocation of this key. True when it is over or was already, for an hour after; false for anybody else's. The answer does
    /// not wait for a slow clean-up.
    /// </summary>
    public async Task<bool> DeallocateAsync(SealingKey key, Hotkey caller, CancellationToken cancellation)
    {
        foreach (var candidate in (ReadOnlySpan<Allocation?>)[_slot.Held, _slot.Next])
        {
            if (candidate is not null && Owns(candidate.Owner, candidate.Hotkey, key, caller))
                return await ReleaseAsync(candidate, ReleaseCause.Owner, cancellation);
        }
        var since = clock.Now - options.ReleaseMemory;
        return _released.Any(each => each.At >= since && Owns(each.Owner, each.Hotkey, key, caller));
    }

    /// <summary>Ends an allocation on the operator's word. False when it does not hold the machine or that could not be written down.</summary>
    public async Task<bool> ReleaseByOperatorAsync(string id, CancellationToken cancellation) =>
        _slot.Held is { } held && held.Id == id && await ReleaseAsync(held, ReleaseCause.Operator, cancellation);

    /// <summary>
    /// One round of care: ends what is expired, finishes what is over, repairs the container of what goes on. Called on a period.
    /// </summary>
    public async Task TendAsync(AllocationReconciler reconciler, CancellationToken cancellation)
    {
        if (!_restored)
            return;
        if (_slot.Held is { State: not AllocationState.Releasing } held && held.Expires <= clock.Now)
        {
            await ReleaseAsync(held, ReleaseCause.Expired, cancellation);
            return;
        }
        // Whoever has the gate is changing the world: the next round sees what became of it.
        if (!await _world.WaitAsync(TimeSpan.Zero, cancellation))
            return;
        try
        {
            await TendHeldAsync(reconciler, cancellation);
            KeepLedger();
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            Log.TendFailed(logger, fault.Message);
        }
        finally
        {
            _world.Release();
        }
    }

    // A ledger that was deleted is made again, and the time spent is written down now and then.
    void KeepLedger()
    {
        var written = ledger.RestoreFile();
        var now = clock.Read();
        if (!written && now.Boot.Uptime - _clockWritten < options.ClockInterval)
            return;
        ledger.WriteClock(now);
        _clockWritten = now.Boot.Uptime;
    }

    async Task TendHeldAsync(AllocationReconciler reconciler, CancellationToken cancellation)
    {
        if (_slot.Held is { State: AllocationState.Releasing } over)
        {
            await TryCleanUpAsync(over);
            return;
        }
        var held = _slot.Held;
        var containers = await reconciler.SweepAsync(held, cancellation);
        if (held is null && reconciler.HasClaim(containers))
        {
            // A renter may be in it: whose the machine is, is found out as at a start.
            _restored = false;
            Doubt();
            Publish();
        }
        if (held is null or { ContainerId: null })
            return;
        var repaired = await reconciler.RepairAsync(held, containers, cancellation);
        if (repaired.State == AllocationState.Releasing)
            await TryCleanUpAsync(BeginRelease(held, ReleaseCause.Lost));
        else if (repaired != held)
            TryStep(repaired);
    }

    async Task<bool> ReleaseAsync(Allocation allocation, ReleaseCause cause, CancellationToken cancellation)
    {
        _slot.Stop(allocation.Id);
        try
        {
            // One that still waits for the machine is over when its start is stopped.
            if (_slot.Held is not { } held || held.Id != allocation.Id)
                return true;
            BeginRelease(held, cause);
        }
        catch (LedgerException fault)
        {
            Log.ReleaseFailed(logger, allocation.Id, fault.Message);
            return false;
        }
        var cleanUp = CleanUpInTurnAsync(allocation.Id);
        try
        {
            await cleanUp.WaitAsync(options.ReleaseAnswer, time, cancellation);
        }
        catch (Exception fault) when (fault is TimeoutException or OperationCanceledException)
        {
            Log.CleanUpGoesOn(logger, allocation.Id);
        }
        return true;
    }

    // The decision waits for nobody: whatever has the gate finds the allocation over and stops there.
    Allocation BeginRelease(Allocation held, ReleaseCause cause)
    {
        if (held.State == AllocationState.Releasing)
            return held;
        var now = clock.Now;
        var over = held with { State = AllocationState.Releasing };
        ledger.WriteReleased(over, now);
        lock (_ending)
        {
            var since = now - options.ReleaseMemory;
            _released = [.. _released.Where(each => each.At >= since && each.Id != over.Id), new ReleasedAllocation(over.Id, over.Owner, over.Hotkey, now)];
        }
        _slot.Update(over);
        Log.Released(logger, over.Id, over.Kind, cause);
        Publish();
        return over;
    }

    // Not cancellable: what is over is cleared away whether or not anybody waits for it.
    async Task CleanUpInTurnAsync(string id)
    {
        await _world.WaitAsync();
        try
        {
            if (_slot.Held is { State: AllocationState.Releasing } over && over.Id == id)
                await TryCleanUpAsync(over);
        }
        finally
        {
            _world.Release();
        }
    }

    // On failure the machine stays held as Releasing and the next round of care tries again.
    async Task<bool> TryCleanUpAsync(Allocation over)
    {
        try
        {
            if (over.ContainerId is { } known)
                await engine.RemoveAsync(known, CancellationToken.None);
            else
            {
                // A create whose answer was lost may have left one.
                foreach (var each in await engine.ListAsync(CancellationToken.None))
                {
                    if (each.Labels?.Allocation == over.Id)
                        await engine.RemoveAsync(each.Id, CancellationToken.None);
                }
            }
            ledger.Delete(over, clock.Now);
        }
        catch (Exception fault) when (fault is ContainerEngineException or LedgerException)
        {
            Log.CleanUpFailed(logger, over.Id, fault.Message);
            return false;
        }
        _slot.Free(over.Id);
        Publish();
        return true;
    }

    bool Owns(string owner, Hotkey hotkey, SealingKey key, Hotkey caller) =>
        owner == key.Fingerprint && (hotkey == caller || options.ServiceHotkeys.Contains(caller));
}
