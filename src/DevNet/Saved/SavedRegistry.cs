namespace DevNet.Saved;

/// <summary>The registry's project.</summary>
/// <param name="Runs">In the order they were made.</param>
/// <param name="DeletedNames">Names that can never be used again.</param>
/// <param name="Sequence">The number of the newest run, deleted ones counted.</param>
sealed record SavedRegistry(IReadOnlyList<SavedRun> Runs, IReadOnlyList<string> DeletedNames, long Sequence);
