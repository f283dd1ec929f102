namespace ComputeMiner.Allocations;

/// <summary>The ledger cannot be read or written; the message names the file and what to do.</summary>
sealed class LedgerException(string message, Exception? inner = null) : Exception(message, inner);
