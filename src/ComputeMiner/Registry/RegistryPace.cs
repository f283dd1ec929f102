namespace ComputeMiner.Registry;

/// <summary>
/// When the service wants to be asked again. It limits queries and streams apart from each other, and each for everybody with the same key.
/// </summary>
sealed class RegistryPace(TimeProvider time)
{
    readonly Lock _gate = new();
    readonly Dictionary<bool, (long Since, TimeSpan Pause)> _pauses = [];

    /// <summary>How long is to be waited before a request to a path; null for not at all.</summary>
    public TimeSpan? WaitFor(string path)
    {
        lock (_gate)
        {
            return _pauses.TryGetValue(IsStream(path), out var pause) && pause.Pause - time.GetElapsedTime(pause.Since) is var left && left > TimeSpan.Zero
                ? left
                : null;
        }
    }

    /// <summary>The service asked to wait.</summary>
    public void Pause(string path, TimeSpan pause)
    {
        lock (_gate)
        {
            // An answer on its way may ask for less than one that overtook it.
            if (!(WaitFor(path) > pause))
                _pauses[IsStream(path)] = (time.GetTimestamp(), pause);
        }
    }

    static bool IsStream(string path) => path.StartsWith("files/", StringComparison.Ordinal);
}
