namespace ComputeMiner.Diagnostics;

/// <summary>The last lines of the log that an operator acts on, for the status.</summary>
sealed class RecentEvents(TimeProvider time) : ILoggerProvider, ILogger
{
    const int Kept = 20;

    readonly Lock _turn = new();
    readonly Queue<RecentEvent> _events = new();

    /// <summary>The oldest first.</summary>
    public IReadOnlyList<RecentEvent> Snapshot()
    {
        lock (_turn)
            return [.. _events];
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;
        var entry = new RecentEvent(time.GetUtcNow(), logLevel.ToString(), formatter(state, exception));
        lock (_turn)
        {
            _events.Enqueue(entry);
            if (_events.Count > Kept)
                _events.Dequeue();
        }
    }

    public void Dispose()
    {
    }
}
