namespace ComputeMiner.Allocations;

/// <summary>Called before and after each step. Does nothing in a miner at work; a drill ends the process here.</summary>
delegate void Crossing(CrashPoint point, bool after);
