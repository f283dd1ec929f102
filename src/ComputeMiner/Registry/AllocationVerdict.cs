namespace ComputeMiner.Registry;

/// <summary>What the validators' runs say of this machine.</summary>
enum AllocationVerdict
{
    /// <summary>No complete answer, or no validator whose word counts. It is no reason to do anything.</summary>
    Unknown,

    /// <summary>A validator lists this machine as allocated.</summary>
    Listed,

    /// <summary>Validators were heard, the one that allocated among them, and none lists it.</summary>
    NotListed,
}
