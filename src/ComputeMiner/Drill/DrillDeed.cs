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

    /// <summary>Keeps a container ahead of the next renter.</summary>
    KeepSpare,

    /// <summary>Hands out the container that was kept ahead.</summary>
    AllocateSpare,

    /// <summary>Comes back from a death: the rental it finds was frozen and runs.</summary>
    Recover,
}
