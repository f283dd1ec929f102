namespace Bittensor.Keys;

/// <summary>A key file cannot be read or written. The message names the file, what is wrong and what to do, and never a secret.</summary>
public sealed class KeyfileException : Exception
{
    /// <param name="path">The key file.</param>
    /// <param name="fault">What is wrong and what to do, as sentences.</param>
    /// <param name="innerException">The operating system's refusal, where there is one.</param>
    public KeyfileException(string path, string fault, Exception? innerException = null)
        : base($"Key file {path}: {fault}", innerException) => Path = path;

    /// <summary>The key file.</summary>
    public string Path { get; }
}
