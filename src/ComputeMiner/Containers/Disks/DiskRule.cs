namespace ComputeMiner.Containers.Disks;

/// <summary>How much a tenant may write.</summary>
/// <param name="Bytes">Bytes; null for a share of what is free when the container is made.</param>
/// <param name="IsOff">No limit.</param>
sealed record DiskRule(long? Bytes, bool IsOff)
{
    /// <summary>Below this a renter cannot install anything.</summary>
    public const long Smallest = 1L << 30;

    /// <summary>What is free but a reserve, where the host has a means; no limit where it has none, which is said.</summary>
    public static DiskRule Auto { get; } = new(null, false);

    /// <summary>No limit.</summary>
    public static DiskRule Off { get; } = new(null, true);

    /// <summary>So many bytes; a host without a means starts nothing.</summary>
    public static DiskRule Of(long bytes) => new(bytes, false);
}
