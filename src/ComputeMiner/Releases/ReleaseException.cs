namespace ComputeMiner.Releases;

/// <summary>A release cannot be used; the message goes on after "release 1.2.3".</summary>
/// <param name="message">Why.</param>
/// <param name="isFinal">It lies with the release itself, which its publisher signed: it will be no better next time.</param>
/// <param name="inner">The cause.</param>
sealed class ReleaseException(string message, bool isFinal = false, Exception? inner = null) : Exception(message, inner)
{
    public bool IsFinal => isFinal;
}
