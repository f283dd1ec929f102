namespace ComputeMiner.Containers;

/// <summary>What a container may use, so that a tenant cannot take the host down with it.</summary>
/// <param name="Memory">Bytes of memory; swap is included, so nothing of a tenant is swapped.</param>
/// <param name="SharedMemory">Bytes of /dev/shm, counted inside <paramref name="Memory"/>.</param>
/// <param name="NanoCpus">Processor time in billionths of a processor.</param>
/// <param name="Processes">Processes and threads.</param>
/// <param name="Disk">Bytes that may be written; null without a limit.</param>
sealed record ResourceLimits(long Memory, long SharedMemory, long NanoCpus, long Processes, long? Disk = null)
{
    const long GiB = 1L << 30;

    // Below this Docker refuses or sshd cannot fork a session.
    const long SmallestMemory = GiB / 2;

    // The validators' GPU test writes up to 3.43 GB per GPU there (69 GB cards; 4 * n * n bytes) and as much again lives in its process.
    const long SharedMemoryPerGpu = 4 * GiB;

    public static ResourceLimits For(EngineInfo host, int gpus, long? memoryReserve)
    {
        var reserve = memoryReserve ?? Math.Max(GiB, host.Memory / 10);
        var memory = Math.Max(SmallestMemory, host.Memory - reserve);
        var sharedMemory = Math.Min(memory / 2, SharedMemoryPerGpu * Math.Max(1, gpus));
        // A small machine gives all it has: throttling would cost the renter more than the miner needs.
        var cpus = host.Cpus >= 4 ? host.Cpus - 1 : host.Cpus;
        return new ResourceLimits(memory, sharedMemory, cpus * 1_000_000_000L, 4096);
    }
}
