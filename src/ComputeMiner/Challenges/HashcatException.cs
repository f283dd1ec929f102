namespace ComputeMiner.Challenges;

/// <summary>hashcat cannot be used; the message says why and what to do.</summary>
sealed class HashcatException(string message, Exception? inner = null) : Exception(message, inner);
