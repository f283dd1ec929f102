namespace ComputeMiner.Updates;

/// <summary>A file elsewhere could not be had; the message says why.</summary>
sealed class WebFileException(string message, Exception? inner = null) : Exception(message, inner);
