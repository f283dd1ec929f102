namespace ComputeMiner.Allocations;

/// <summary>What the machine is doing at one moment. <paramref name="Allocation"/> is null exactly when it is free.</summary>
/// <param name="Ready">False until the image is there and the ledger was compared with the containers: nothing is accepted before.</param>
sealed record AllocationSnapshot(bool Ready, Allocation? Allocation)
{
    public AllocationState State => Allocation?.State ?? AllocationState.Free;
}
