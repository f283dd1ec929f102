namespace ComputeMiner.Allocations;

/// <summary>Why an allocation ended. A rental ends for the first three only.</summary>
enum ReleaseCause
{
    Owner,
    Expired,
    Operator,

    /// <summary>A rental took a test's place.</summary>
    Preempted,

    /// <summary>A test lost its container.</summary>
    Lost,
}
