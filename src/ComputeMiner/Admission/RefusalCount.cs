using Bittensor.Keys;

namespace ComputeMiner.Admission;

/// <summary>How often a rule refused, and whom last.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Count">Refusals since the start.</param>
/// <param name="LastHotkey">The claimed hotkey refused last.</param>
/// <param name="LastStake">Its stake S in whole units; null when it was not registered.</param>
/// <param name="LastAt">When.</param>
sealed record RefusalCount(string Rule, long Count, Hotkey LastHotkey, double? LastStake, DateTimeOffset LastAt);
