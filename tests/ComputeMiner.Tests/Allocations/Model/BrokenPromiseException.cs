namespace ComputeMiner.Tests.Allocations.Model;

/// <summary>The machine did what it must never do.</summary>
sealed class BrokenPromiseException(string message) : Exception(message);
