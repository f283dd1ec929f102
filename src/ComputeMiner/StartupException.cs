namespace ComputeMiner;

/// <summary>The miner cannot start until the operator mends something; the message says what and how.</summary>
sealed class StartupException(string message, Exception? inner = null) : Exception(message, inner);
