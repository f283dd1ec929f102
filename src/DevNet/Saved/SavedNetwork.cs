namespace DevNet.Saved;

/// <summary>The file's content.</summary>
/// <param name="Version">Of this form: 1.</param>
/// <param name="Chain">The chain.</param>
/// <param name="Registry">The registry.</param>
sealed record SavedNetwork(int Version, SavedChain Chain, SavedRegistry Registry);
