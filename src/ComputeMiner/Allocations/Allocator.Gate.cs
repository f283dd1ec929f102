namespace ComputeMiner.Allocations;

/// <content>What must be so of the machine itself before somebody gets it.</content>
sealed partial class Allocator
{
    /// <summary>Asked before anything new is handed out; null where there is nothing to ask. Set before anything is accepted.</summary>
    public IHandOverGate? Gate { get; set; }

    /// <summary>Hands nothing out until <see cref="Reopen"/>; false, and nothing changes, when somebody has the machine or it is closed already.</summary>
    public bool TryClose() => _slot.TryClose();

    public void Reopen()
    {
        _slot.Reopen();
        Publish();
    }

    // Null when the machine may go to the next holder; else its promise is taken back.
    async Task<AllocationRefusal?> PassGateAsync(Allocation wanted, CancellationToken cancellation)
    {
        if (Gate is not { } gate)
            return null;
        var passed = false;
        try
        {
            passed = await gate.ClearAsync(cancellation) is null;
            return passed ? null : AllocationRefusal.NotClear;
        }
        catch (OperationCanceledException)
        {
            return AllocationRefusal.Cancelled;
        }
        finally
        {
            // Also when the look failed in a way nobody foresaw: the machine would else be nobody's for as long as was asked for.
            if (!passed)
            {
                _slot.Free(wanted.Id);
                Publish();
            }
        }
    }
}
