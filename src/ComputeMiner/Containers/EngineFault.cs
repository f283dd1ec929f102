namespace ComputeMiner.Containers;

/// <summary>Why there is no container engine to work with.</summary>
enum EngineFault
{
    /// <summary>Nothing answers at the address.</summary>
    Unreachable,

    /// <summary>It is there but this user may not speak to it.</summary>
    PermissionDenied,

    /// <summary>It is older than what the miner needs.</summary>
    TooOld,
}
