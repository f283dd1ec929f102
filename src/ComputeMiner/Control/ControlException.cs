namespace ComputeMiner.Control;

/// <summary>The running miner could not be asked; the message says why and what to do.</summary>
sealed class ControlException(string message, Exception? inner = null) : Exception(message, inner);
