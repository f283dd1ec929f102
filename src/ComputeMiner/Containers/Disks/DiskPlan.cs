namespace ComputeMiner.Containers.Disks;

/// <summary>The best this host has to hold a tenant to its share of the disk.</summary>
/// <param name="Means">What holds.</param>
/// <param name="Directory">Where the engine keeps its data, as the engine names it.</param>
/// <param name="Detail">What was found, and why nothing better.</param>
/// <param name="Remap">The engine gives containers other user ids.</param>
sealed record DiskPlan(DiskMeans Means, string Directory, string Detail, bool Remap = false)
{
    /// <summary>What to do for a better one.</summary>
    public const string Remedy =
        "run the miner as root beside the Docker Engine with the package e2fsprogs installed and Docker's storage driver overlay2, or put Docker's data on XFS mounted with pquota";
}
