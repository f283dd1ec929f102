using ComputeMiner.Allocations;
using ComputeMiner.Containers;

namespace ComputeMiner.Tests.Allocations.Model;

/// <content>What befalls the machine, how it comes back from a death in the middle of something, and what must be true at any time.</content>
sealed partial class MachineModel
{
    Task Passing(TimeSpan span) => Doing(() => machine.Time.Advance(span));

    async Task TendAsync()
    {
        await machine.TendAsync();
        if (machine.IsKilled)
            throw new KilledException();
        var isThere = machine.Allocator.Current.Allocation is { State: not AllocationState.Releasing } current && current.Id == _held?.Id;
        if (_held is not { } held)
            return;
        if (IsHealthy && Now >= held.End + held.Given)
            Promise(!isThere, "the end came and the machine is still held");
        if (Now < held.End && (held.IsProtected || !held.Lost))
            Promise(isThere, "the machine was taken away before the end");
        if (!isThere)
            End();
        else if (IsHealthy)
        {
            held.Dead = false;
            _caredFor = Now;
            Promise(!machine.LedgerFileIsGone, "a deleted ledger was not made again");
        }
    }

    async Task RestartAsync()
    {
        // What passed since the last reading of another start of the machine may not be counted.
        if (_held is { Rebooted: true } held)
            held.Given += Now - _caredFor + machine.Options.ClockInterval;
        if (machine.LedgerFileIsGone)
            await LoseLedgerAsync();
        else if (await machine.RestartAsync())
        {
            Restored();
            _caredFor = Now;
        }
    }

    async Task RebootAsync()
    {
        machine.StartBoot();
        // The wall clock bridges it; when that jumped, what passed since the last reading is not counted.
        if (_held is { } held)
            held.Rebooted = true;
        await RestartAsync();
    }

    async Task LoseLedgerAsync()
    {
        if (!machine.LedgerFileIsGone)
            machine.DeleteState();
        machine.Mend();
        await machine.RestartAsync();
        Restored();
        var current = machine.Allocator.Current.Allocation;
        // The container knows whose it is and cannot know that its release was under way.
        if (_held is null && current is not null && current.Id == _leaving?.Id)
            (_held, _leaving) = (_leaving, null);
        if (_held is { } held)
        {
            held.Paused = current?.State == AllocationState.Paused;
            // On doubt the whole length is given again, from here.
            if (held.Rebooted)
                held.Given += Now > held.End ? Now - held.End + Year : Year;
        }
        if (current is null && _held is { IsProtected: false } or { Lost: true })
            End();
    }

    void DeleteState()
    {
        if (!machine.LedgerFileIsGone)
            machine.DeleteState();
    }

    async Task DieAsync()
    {
        if (_held is { Lost: false, Dead: false } held)
        {
            await machine.World.DieAsync((await ContainerOfAsync(held))!.Id);
            held.Dead = true;
        }
    }

    async Task KillDaemonAsync() => Die(await machine.World.KillDaemonAsync(null));

    void Die(bool ended)
    {
        if (_held is { Lost: false } held)
            held.Dead |= ended;
    }

    async Task RemoveAsync()
    {
        if (_held is { Lost: false } held)
        {
            await machine.World.RemoveAsync((await ContainerOfAsync(held))!.Id);
            held.Lost = true;
        }
    }

    /// <summary>The miner died in the middle of something. What was under way is done or not, and nothing else changed.</summary>
    async Task ComeBackAsync(Happening during)
    {
        machine.Mend();
        var ledgerLost = machine.LedgerFileIsGone;
        if (_held is { Rebooted: true } rebooted)
            rebooted.Given += Now - _caredFor + machine.Options.ClockInterval;
        if (ledgerLost)
            await LoseLedgerAsync();
        else
            Promise(await machine.RestartAsync(), "a healthy machine does not come up");
        Restored();
        var current = machine.Allocator.Current.Allocation;
        if (current is not null && current.Id == _held?.Id)
        {
            _held.Paused = current.State == AllocationState.Paused;
            return;
        }
        if (current is null)
        {
            Promise(_held is null || MayHaveEnded(during), "a death took the machine away from its renter");
            End();
            return;
        }
        var who = current.Owner == Renter.Alice.Key.Fingerprint ? Renter.Alice : Renter.Bob;
        Promise(MayHaveBegun(during, who, current.Kind), "somebody has the machine who did not ask for it");
        End();
        await TakeAsync(who, current.Kind, (int)(current.Expires - current.Started).TotalDays);
        _held!.HalfMade = ledgerLost;
    }

    bool MayHaveEnded(Happening during) => during.Deed switch
    {
        Deed.Deallocate => _held!.Owner == (during.ByBob ? Renter.Bob : Renter.Alice),
        Deed.ReleaseByOperator => true,
        Deed.Tend => Now >= _held!.End || !_held.IsProtected,
        _ => !_held!.IsProtected || (_held.Lost && machine.LedgerFileIsGone),
    };

    bool MayHaveBegun(Happening during, Renter who, AllocationKind kind) => (_held is not { IsProtected: true }) && during.Deed switch
    {
        Deed.AllocateRental => kind == AllocationKind.Rental && who == (during.ByBob ? Renter.Bob : Renter.Alice),
        Deed.AllocateTest => kind == AllocationKind.Test && who == (during.ByBob ? Renter.Bob : Renter.Alice),
        Deed.AllocateTwiceAtOnce => kind == AllocationKind.Rental,
        Deed.KillDockerdAllocating => kind == AllocationKind.Rental && who == (during.ByBob ? Renter.Bob : Renter.Alice),
        _ => false,
    };

    // What a start repairs.
    void Restored()
    {
        if (_held is { } held)
            held.Dead = false;
        EndLostTest();
    }

    void EndLostTest()
    {
        if (machine.Allocator.Current.Allocation is null && _held is { IsProtected: false, Lost: true })
            End();
    }

    async Task CheckAsync()
    {
        var allocator = machine.Allocator;
        foreach (var who in (Renter[])[Renter.Alice, Renter.Bob])
        {
            var holds = allocator.Holds(who.Key);
            Promise(!holds || _held?.Owner == who, "somebody else is told that the machine is his");
            Promise(holds || _held?.Owner != who || _held.Lost, "the holder is not told that the machine is his");
        }
        Promise(_held is null || !allocator.IsFree, "a held machine says that it is free");
        var containers = await machine.World.Outside.ListAsync(Stop);
        Promise(containers.Count(each => each.State is ContainerState.Running or ContainerState.Paused) <= 1, "two containers run");
        if (_held is { Lost: false } held)
        {
            var container = await ContainerOfAsync(held);
            Promise(container is not null, "the holder's container is gone");
            Promise(await machine.World.ReadFileAsync(container!.Id) == held.File, "the holder's file is gone");
        }
        if (_leaving is not null && IsHealthy && allocator.IsFree)
            _leaving = null;
        Promise(await machine.World.ForeignIsUntouchedAsync(), "an object of others was touched");
    }

    async Task SettleAsync()
    {
        machine.Mend();
        await machine.ComeUpAsync();
        await StepAsync(new Happening(Deed.Tend, false, 0, 0));
        await StepAsync(new Happening(Deed.Tend, false, 0, 0));
        await machine.DropSpareAsync();
        var containers = await machine.World.Outside.ListAsync(Stop);
        Promise(containers.All(each => each.Labels?.Allocation == _held?.Id), "a container is left that belongs to nobody");
        if (_held is { Lost: false } kept)
            Promise((await ContainerOfAsync(kept))!.State == (kept.Paused ? ContainerState.Paused : ContainerState.Running), "the container is not as its renter left it");
        Promise(_held is not null || machine.Allocator.IsFree, "a machine nobody has is not free");
        if (_held is not { } held)
            return;
        await StepAsync(new Happening(Deed.Deallocate, held.Owner == Renter.Bob, 0, 0));
        await machine.DropSpareAsync();
        Promise(machine.Allocator.IsFree, "a released machine is not free");
        Promise(await machine.World.CountLeftoversAsync() == 0, "something of a released allocation is left");
        Promise(machine.Ledger.Read() is null, "the ledger still knows a released allocation");
    }

    async Task<ContainerRecord?> ContainerOfAsync(Holding held) =>
        (await machine.World.Outside.ListAsync(Stop)).SingleOrDefault(each => each.Labels?.Allocation == held.Id);
}
