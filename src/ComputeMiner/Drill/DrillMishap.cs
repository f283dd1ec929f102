namespace ComputeMiner.Drill;

/// <summary>What befalls a rented machine from outside, at no step of the miner's.</summary>
enum DrillMishap
{
    /// <summary>The miner dies, and its state directory is gone.</summary>
    StateLost,

    /// <summary>The disk of the state directory has no room any more, and the miner dies.</summary>
    StateFull,

    /// <summary>The miner dies, and the disk of the state directory takes no writes.</summary>
    StateReadOnly,

    /// <summary>The Docker Engine is stopped, as for an upgrade, and comes back.</summary>
    DockerStopped,

    /// <summary>The Docker Engine dies while the renter has frozen the machine, and comes back.</summary>
    DockerKilled,

    /// <summary>The Docker Engine dies while somebody is being given the machine.</summary>
    DockerKilledAllocating,
}
