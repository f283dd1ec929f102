namespace ComputeMiner.Doctor;

/// <summary>How a check went.</summary>
enum CheckState
{
    /// <summary>The miner cannot work.</summary>
    Failed,

    /// <summary>The miner works, but worse than it could.</summary>
    Warning,

    Good,
}
