using Bittensor.Keys;

namespace ComputeMiner.Allocations;

/// <summary>An allocation that ended lately: its owner, asking again to release it, is told that it is done.</summary>
sealed record ReleasedAllocation(string Id, string Owner, Hotkey Hotkey, DateTimeOffset At);
