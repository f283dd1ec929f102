namespace ComputeMiner.Registry;

/// <summary>What is needed to go on with a run that is there.</summary>
/// <param name="StorageId">The service's own id of it.</param>
/// <param name="Config">Its stored configuration, JSON text.</param>
/// <param name="HistoryLines">How many lines its history has.</param>
/// <param name="LastStep">The step of the last one; null when there is none or it does not say.</param>
sealed record RegistryRunStatus(string StorageId, string Config, int HistoryLines, long? LastStep);
