namespace ComputeMiner.Containers.Disks;

/// <summary>The best this host has to hold a tenant to its share of the disk.</summary>
/// <param name="Means">What holds.</param>
/// <param name="Directory">Where the engine keeps its data, as the engine names it.</param>
/// <param name="Detail">What was found, and why nothing better.</param>
/// <param name="Remap">The engine gives containers other user ids.</param>
sealed record DiskPlan(DiskMeans Means, string Directory, string Detail, bool Remap = false)
{
    /// <summary>What the operator knows it as.</summary>
    public const string Title = "Disk quota";

    /// <summary>What to do for a better one.</summary>
    public const string Remedy =
        "run the miner as root beside the Docker Engine with the package e2fsprogs installed and Docker's storage driver overlay2, or put Docker's data on XFS mounted with pquota";

    /// <summary>For the operator.</summary>
    /// <param name="bytes">What a tenant gets.</param>
    public SafeguardState Describe(long bytes) => Means switch
    {
        DiskMeans.None => new SafeguardState(Title, false, $"none: {Detail}; a tenant can fill the file system of Docker's data", Remedy),
        DiskMeans.Engine => new SafeguardState(Title, true, $"{DiskSize.Words(bytes)} for all a tenant writes, held by Docker: {Detail}"),
        _ => new SafeguardState(Title, true,
            $"{DiskSize.Words(bytes)} for all a tenant writes, in a file system of its own under {Directory}/computeminer: {Detail}. XFS mounted with pquota would be faster"),
    };
}
