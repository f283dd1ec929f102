namespace ComputeMiner.Registry;

/// <summary>Runs that match a filter.</summary>
/// <param name="Runs">Each once, oldest first.</param>
/// <param name="IsComplete">Whether they are all of them: the service gave every page and the guards had nothing to stop.</param>
sealed record RegistryRunPage(IReadOnlyList<RegistryRun> Runs, bool IsComplete);
