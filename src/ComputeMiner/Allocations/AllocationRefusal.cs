namespace ComputeMiner.Allocations;

/// <summary>Why the machine was not handed out. The caller sees only <c>status:false</c>; the operator sees this.</summary>
enum AllocationRefusal
{
    None,

    /// <summary>The image is not there yet, or the ledger was not compared with the containers yet.</summary>
    NotReady,

    /// <summary>The miner's hotkey has no uid on the subnet, or that is not known yet.</summary>
    NotRegistered,

    /// <summary>The operator wants nothing new handed out.</summary>
    Draining,

    /// <summary>The GPUs are not fit for the next holder.</summary>
    NotClear,

    /// <summary>A newer version of the miner is being installed or shows whether it is good.</summary>
    Updating,

    /// <summary>Somebody holds the machine.</summary>
    Busy,

    /// <summary>The caller's time was up or it went away; everything is undone.</summary>
    Cancelled,

    /// <summary>The container did not come up; everything is undone.</summary>
    StartFailed,
}
