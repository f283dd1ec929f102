namespace ComputeMiner.Drill;

/// <summary>What the miner is doing when it dies.</summary>
enum DrillDeed
{
    Allocate,
    Pause,
    Resume,
    Restart,
    ExchangeKey,
    Deallocate,
    Expiry,
}
