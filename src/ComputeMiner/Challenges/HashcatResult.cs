namespace ComputeMiner.Challenges;

/// <summary>What a run brought.</summary>
/// <param name="Exit">How the process ended.</param>
/// <param name="Password">The password, checked against the hash; null when there is none.</param>
sealed record HashcatResult(HashcatExit Exit, string? Password);
