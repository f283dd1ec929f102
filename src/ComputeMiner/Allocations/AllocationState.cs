namespace ComputeMiner.Allocations;

/// <summary>Where an allocation stands. Every state but <see cref="Free"/> holds the machine.</summary>
enum AllocationState
{
    Free,

    /// <summary>Promised to a caller, nothing made yet.</summary>
    Reserving,

    /// <summary>A container exists and is being brought up; nobody has credentials yet.</summary>
    Starting,
    Running,
    Paused,

    /// <summary>Over; its container is being removed.</summary>
    Releasing,

    /// <summary>A rental lost its container: the machine stays its renter's until the owner, its end or the operator releases it.</summary>
    Failed,
}
