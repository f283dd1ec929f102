namespace ComputeMiner.Allocations;

/// <summary>What the machine is doing at one moment.</summary>
/// <param name="Ready">False until the image is there and the ledger was compared with the containers: nothing is accepted before.</param>
/// <param name="Allocation">Who holds it; null exactly when it is free.</param>
sealed record AllocationSnapshot(bool Ready, Allocation? Allocation)
{
    public AllocationState State => Allocation?.State ?? AllocationState.Free;
}
