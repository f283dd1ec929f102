using Docker.DotNet.Models;

namespace ComputeMiner.Containers.Disks;

/// <summary>Finds the best means of a host. Changes nothing.</summary>
static class DiskProbe
{
    static readonly string[] Programs = ["mkfs.ext4", "mount", "umount"];

    /// <summary>Chooses by what the engine says of itself, and by what this host has.</summary>
    /// <param name="info">The engine's description of itself.</param>
    /// <param name="mounts">The text of the engine's /proc/…/mounts; null when the engine is not of this host.</param>
    /// <param name="isRoot">This process may mount.</param>
    /// <param name="has">A program is there.</param>
    /// <param name="refusal">What the engine said when it was to hold a limit itself; null while it has not refused.</param>
    public static DiskPlan Choose(SystemInfoResponse info, string? mounts, bool isRoot, Func<string, bool> has, string? refusal = null)
    {
        var root = info.DockerRootDir ?? "";
        var about = $"Docker's storage is {info.Driver}{(Status(info, "Backing Filesystem") is { } under ? $" on {under}" : "")}";
        if (refusal is not null)
            about += $" but Docker holds no limit there ({refusal})";
        // docs.docker.com, "docker container create", --storage-opt: what these drivers take.
        else if (info.Driver is "btrfs" or "zfs")
            return new DiskPlan(DiskMeans.Engine, root, about);
        // The directory's own line is the deepest one that holds it.
        else if (info.Driver == "overlay2" && mounts is not null && HasProjectQuota(mounts, root))
            return new DiskPlan(DiskMeans.Engine, root, $"{about} with project quotas");
        var security = info.SecurityOptions ?? [];
        return WhyNoLoopFile(info, security, mounts, isRoot, has) is { } reason
            ? new DiskPlan(DiskMeans.None, root, $"{about}, and {reason}")
            : new DiskPlan(DiskMeans.LoopFile, root, about, security.Any(each => each.Contains("name=userns", StringComparison.Ordinal)));
    }

    static string? WhyNoLoopFile(SystemInfoResponse info, IEnumerable<string> security, string? mounts, bool isRoot, Func<string, bool> has)
    {
        if (info.Driver != "overlay2")
            return "a file system in a file serves overlay2 alone";
        if (security.Any(each => each.Contains("name=rootless", StringComparison.Ordinal)))
            return "an engine without root cannot use a file system in a file";
        if (mounts is null)
            return "the engine is not on this host";
        if (!isRoot)
            return "only root may mount a file system in a file";
        return Array.Find(Programs, program => !has(program)) is { } missing ? $"{missing} is missing" : null;
    }

    static bool HasProjectQuota(string mounts, string directory) =>
        mounts.Split('\n').Select(line => line.Split(' ')).Where(parts => parts.Length > 3 && IsUnder(directory, parts[1]))
            .OrderBy(parts => parts[1].Length).LastOrDefault() is [_, _, "xfs", var options, ..]
        && options.Split(',').Any(option => option is "prjquota" or "pquota");

    static bool IsUnder(string path, string mount) => mount == "/" || path == mount || path.StartsWith(mount + "/", StringComparison.Ordinal);

    static string? Status(SystemInfoResponse info, string name) =>
        (info.DriverStatus ?? []).FirstOrDefault(pair => pair is [var key, ..] && key == name) is [_, var value, ..] ? value : null;
}
