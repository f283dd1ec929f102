namespace ComputeMiner.Allocations;

/// <summary>What the machine was asked for.</summary>
enum AllocationKind
{
    /// <summary>A customer's, for days.</summary>
    Rental,

    /// <summary>A validator's own test, for minutes; gives way to a rental.</summary>
    Test,
}
