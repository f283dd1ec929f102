namespace ComputeMiner.Challenges;

/// <summary>hashcat cannot be used; the message says why and what to do.</summary>
sealed class HashcatException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>When it did not answer in time: completes when the killed process is gone. Null for any other fault.</summary>
    public Task? Ended { get; init; }
}
