namespace ComputeMiner.Containers;

/// <summary>A moment counted from a start of the machine: nobody can set it, and it means nothing after the next start.</summary>
/// <param name="Boot">Which start, as the kernel names it.</param>
/// <param name="Uptime">Time since then, sleep included.</param>
sealed record BootMoment(string Boot, TimeSpan Uptime);
