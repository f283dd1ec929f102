namespace ComputeMiner.Containers.Disks;

/// <summary>How much a tenant gets where the operator left it to us.</summary>
static class DiskSize
{
    const long GiB = 1L << 30;

    /// <summary>
    /// What is free but a reserve, at most half of it where little is free: the host goes on needing room for images, logs and upgrades.
    /// </summary>
    /// <param name="total">Bytes of the file system.</param>
    /// <param name="free">Bytes free there, or taken by earlier tenants' files that are about to go.</param>
    public static long Share(long total, long free)
    {
        var reserve = Math.Max(10 * GiB, total / 10);
        return Align(Math.Max(free - reserve, free / 2));
    }

    /// <summary>Whole MiB: a file system's blocks divide it, and people can read it.</summary>
    public static long Align(long bytes) => bytes & ~((1L << 20) - 1);

    /// <summary>For people.</summary>
    public static string Words(long bytes) => bytes >= 10 * GiB ? $"{bytes >> 30} GiB" : $"{bytes >> 20} MiB";
}
