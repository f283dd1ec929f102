namespace ComputeMiner.Containers;

/// <summary>One of the things that keep a tenant in, and how it stands.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Ok">It holds, or nobody asked for it.</param>
/// <param name="Detail">What was seen.</param>
/// <param name="Remedy">What to do; null when it holds.</param>
sealed record SafeguardState(string Name, bool Ok, string Detail, string? Remedy = null);
