using ComputeMiner.Containers;

namespace ComputeMiner.Doctor;

/// <summary>Enough memory and disk for a renter beside the host's own needs.</summary>
/// <param name="stateDirectory">Where the ledger lies, or will.</param>
/// <param name="memoryReserve">Bytes kept for the host; null for the engine's own measure.</param>
sealed class ResourcesCheck(string stateDirectory, long? memoryReserve) : IDoctorCheck
{
    // An image with CUDA has some 10 GB, and a renter installs as much again.
    const long LeastDisk = 30L << 30;
    const long LeastMemory = 2L << 30;

    public Task<IReadOnlyList<CheckResult>> RunAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<CheckResult>>([CheckDisk(), CheckMemory()]);

    CheckResult CheckDisk()
    {
        var directory = stateDirectory;
        while (!Directory.Exists(directory) && Path.GetDirectoryName(directory) is { Length: > 0 } parent)
            directory = parent;
        var free = new DriveInfo(directory).AvailableFreeSpace;
        return free >= LeastDisk
            ? CheckResult.Good("disk", $"{free >> 30} GiB free at {directory}")
            : CheckResult.Warning("disk", $"{free >> 30} GiB free at {directory}",
                $"free some: {LeastDisk >> 30} GiB are little for a GPU image and a renter");
    }

    CheckResult CheckMemory()
    {
        var total = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var renters = ResourceLimits.For(new EngineInfo("", Environment.ProcessorCount, total), 0, memoryReserve).Memory;
        return renters >= LeastMemory && renters < total
            ? CheckResult.Good("memory", $"{total >> 20} MiB, {renters >> 20} MiB of it for the renter")
            : CheckResult.Warning("memory", $"{total >> 20} MiB, {renters >> 20} MiB of it for the renter",
                "change --container.memory-reserve, or add memory");
    }
}
