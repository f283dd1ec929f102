namespace DevNet.Registry;

/// <summary>The project's limit: so many requests in a window, whoever sends them. Thread-safe.</summary>
sealed class RequestLimit(DevRegistryOptions options)
{
    readonly Lock _gate = new();
    DateTimeOffset _windowEnd;
    int _taken;

    /// <returns>How long until the next window; null when this request may pass.</returns>
    public TimeSpan? Take()
    {
        if (options.RateLimit is not { } limit)
            return null;
        var now = options.Time.GetUtcNow();
        lock (_gate)
        {
            if (now >= _windowEnd)
                (_windowEnd, _taken) = (now + options.RateWindow, 0);
            return ++_taken <= limit ? null : _windowEnd - now;
        }
    }
}
