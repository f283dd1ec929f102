namespace ComputeMiner.Allocations;

/// <content>What must be so of the machine itself before somebody gets it.</content>
sealed partial class Allocator
{
    /// <summary>Asked before anything new is handed out; null where there is nothing to ask. Set before anything is accepted.</summary>
    public IHandOverGate? Gate { get; set; }

    // Null when the machine may go to the next holder; else its promise is taken back.
    async Task<AllocationRefusal?> PassGateAsync(Allocation wanted, CancellationToken cancellation)
    {
        if (Gate is not { } gate)
            return null;
        AllocationRefusal refusal;
        try
        {
            if (await gate.ClearAsync(cancellation) is null)
                return null;
            refusal = AllocationRefusal.NotClear;
        }
        catch (OperationCanceledException)
        {
            refusal = AllocationRefusal.Cancelled;
        }
        _slot.Free(wanted.Id);
        Publish();
        return refusal;
    }
}
