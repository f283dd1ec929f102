using Microsoft.Extensions.Logging;

namespace Bittensor.Substrate;

/// <summary>
/// Tells an outage without repeating it: each endpoint's failure when it first appears or changes, then a reminder at growing
/// intervals with the outage's duration, and one line when it is over. Used by one task at a time.
/// </summary>
sealed partial class OutageLog(TimeProvider time, ILogger logger)
{
    /// <summary>A failure that reads differently each time must not fill the log either.</summary>
    const int MostCauses = 16;

    static readonly TimeSpan FirstReminder = TimeSpan.FromMinutes(1);
    static readonly TimeSpan LongestInterval = TimeSpan.FromHours(1);

    /// <summary>A connection that drops sooner belongs to the same outage: an endpoint that accepts and drops is not well.</summary>
    public static readonly TimeSpan Stable = TimeSpan.FromMinutes(1);

    readonly HashSet<(Uri Endpoint, string Reason)> _said = [];
    // Timestamps: a wall clock that is set must not silence anything.
    long? _since;
    long? _upSince;
    bool _isRecoverySaid;
    long _lastReminder;
    TimeSpan _interval;

    public void Failed(Uri endpoint, string reason, TimeSpan pause)
    {
        var now = time.GetTimestamp();
        if (_since is null || (_upSince is { } up && time.GetElapsedTime(up, now) >= Stable))
            Begin(now);
        _upSince = null;
        if (_said.Count < MostCauses && _said.Add((endpoint, reason)))
        {
            Log.Lost(logger, reason, pause.TotalSeconds);
            return;
        }
        if (time.GetElapsedTime(_lastReminder, now) < _interval)
            return;
        Log.StillAway(logger, time.GetElapsedTime(_since!.Value, now), reason);
        _isRecoverySaid = false;
        _interval = _interval * 3 < LongestInterval ? _interval * 3 : LongestInterval;
        _lastReminder = now;
    }

    public void Connected(Uri endpoint, uint specVersion, byte format, ulong block)
    {
        var now = time.GetTimestamp();
        _upSince = now;
        if (_since is not { } since)
            Log.Connected(logger, ShownEndpoint.Of(endpoint), specVersion, format, block);
        else if (!_isRecoverySaid)
            Log.ConnectedAgain(logger, ShownEndpoint.Of(endpoint), time.GetElapsedTime(since, now), specVersion, format, block);
        _isRecoverySaid = true;
    }

    void Begin(long now)
    {
        _said.Clear();
        _since = now;
        _isRecoverySaid = false;
        _interval = FirstReminder;
        _lastReminder = now;
    }

    static partial class Log
    {
        [LoggerMessage(4001, LogLevel.Information, "Connected to the chain at {Endpoint}: spec version {SpecVersion}, metadata V{Format}, block {Block}")]
        public static partial void Connected(ILogger logger, string endpoint, uint specVersion, byte format, ulong block);

        [LoggerMessage(4002, LogLevel.Warning, "{Reason} Trying again in {Seconds:0.0} s, and on")]
        public static partial void Lost(ILogger logger, string reason, double seconds);

        [LoggerMessage(4004, LogLevel.Warning, "No connection to the chain for {Duration:g}, still trying. {Reason}")]
        public static partial void StillAway(ILogger logger, TimeSpan duration, string reason);

        [LoggerMessage(4005, LogLevel.Information, "Connected to the chain at {Endpoint} again after {Duration:g}: spec version {SpecVersion}, metadata V{Format}, block {Block}")]
        public static partial void ConnectedAgain(ILogger logger, string endpoint, TimeSpan duration, uint specVersion, byte format, ulong block);
    }
}
