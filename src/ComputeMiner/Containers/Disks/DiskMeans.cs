namespace ComputeMiner.Containers.Disks;

/// <summary>What holds a tenant to its share of the disk.</summary>
enum DiskMeans
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The engine itself: its storage knows quotas.</summary>
    Engine,

    /// <summary>A file system of the tenant's own, in a file beside the engine's data.</summary>
    LoopFile,
}
