namespace ComputeMiner.Tests.Allocations.Model;

/// <summary>The process does not exist any more; whatever still runs of it changes nothing.</summary>
sealed class KilledException : Exception;
