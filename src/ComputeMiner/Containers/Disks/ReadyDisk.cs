namespace ComputeMiner.Containers.Disks;

/// <summary>An empty file system in a file, no container's yet.</summary>
/// <param name="Name">What it is called from now on.</param>
/// <param name="Bytes">How much it holds.</param>
/// <param name="File">Locked while it is open.</param>
sealed record ReadyDisk(string Name, long Bytes, FileStream File);
