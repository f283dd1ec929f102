namespace ComputeMiner.Schedule;

/// <summary>A job could not do what is due; the message says why.</summary>
sealed class JobFailedException(string message) : Exception(message);
