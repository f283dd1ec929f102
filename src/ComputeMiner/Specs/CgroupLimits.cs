using System.Globalization;

namespace ComputeMiner.Specs;

/// <summary>
/// Limits of the control group in which this whole machine lives: those at the root of the mounted hierarchy. On a host or in a virtual machine
/// the root has none; in a container it is the container itself, and whatever is started in there shares them. The limits of our own service
/// below the root are not the renters'.
/// </summary>
/// <param name="Memory">Bytes; null for no limit.</param>
/// <param name="MemoryUsed">Bytes in use, with what can be dropped at once.</param>
/// <param name="MemoryDroppable">Bytes of file contents that nobody used lately: given up before the limit is felt.</param>
/// <param name="Cpus">Processors' worth of time; null for no limit.</param>
/// <remarks>Source: the kernel's Documentation/admin-guide/cgroup-v1/memory.rst, cgroup-v2.rst and scheduler/sched-bwc.rst.</remarks>
sealed record CgroupLimits(long? Memory, long MemoryUsed, long MemoryDroppable, double? Cpus)
{
    public static CgroupLimits Read(MachineFiles files)
    {
        const string memory = "sys/fs/cgroup/memory";
        return files.TryReadText("sys/fs/cgroup/cgroup.controllers") is not null
            ? new CgroupLimits(
                Number(files, "sys/fs/cgroup/memory.max"), Number(files, "sys/fs/cgroup/memory.current") ?? 0,
                Statistic(files, "sys/fs/cgroup/memory.stat", "inactive_file"), Quota(files.TryReadText("sys/fs/cgroup/cpu.max")?.Split(' ')))
            : new CgroupLimits(
                Number(files, $"{memory}/memory.limit_in_bytes"), Number(files, $"{memory}/memory.usage_in_bytes") ?? 0,
                Statistic(files, $"{memory}/memory.stat", "total_inactive_file"),
                Quota([files.TryReadText("sys/fs/cgroup/cpu/cpu.cfs_quota_us") ?? "", files.TryReadText("sys/fs/cgroup/cpu/cpu.cfs_period_us") ?? ""]));
    }

    // "max", and in version 1 a number near the largest there is, mean no limit; the latter is larger than any machine.
    static long? Number(MachineFiles files, string path) =>
        long.TryParse(files.TryReadText(path), CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;

    static long Statistic(MachineFiles files, string path, string name) => (files.TryReadText(path) ?? "").Split('\n')
        .Select(line => line.Split(' '))
        .Where(words => words.Length == 2 && words[0] == name)
        .Select(words => long.TryParse(words[1], CultureInfo.InvariantCulture, out var number) ? number : 0)
        .FirstOrDefault();

    // "max" or -1 for no limit.
    static double? Quota(string[]? words) =>
        words is [var quota, var period]
        && long.TryParse(quota, CultureInfo.InvariantCulture, out var time) && time > 0
        && long.TryParse(period, CultureInfo.InvariantCulture, out var every) && every > 0
            ? (double)time / every
            : null;
}
