namespace ComputeMiner.Specs;

/// <summary>The last good document, and what is needed to judge the next one by it.</summary>
/// <param name="Document">All parts, each the last good one.</param>
/// <param name="At">When it was put together.</param>
/// <param name="HandedOut">UUIDs of the GPUs that were to be handed out then.</param>
/// <param name="SpeedsAt">When disk and memory were last measured; null when never.</param>
sealed record SpecsState(SpecsDocument Document, DateTimeOffset At, IReadOnlyList<string> HandedOut, DateTimeOffset? SpeedsAt = null);
