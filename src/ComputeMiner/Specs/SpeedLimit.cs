namespace ComputeMiner.Specs;

/// <summary>How long a measurement may go on.</summary>
/// <param name="time">The clock that measures, too.</param>
/// <param name="patience">For writing, and again for reading.</param>
/// <param name="giveUp">Somebody needs the machine: the measurement ends at once and tells nothing.</param>
sealed class SpeedLimit(TimeProvider time, TimeSpan patience, Func<bool> giveUp)
{
    /// <summary>
    /// Does steps of the same size until all are done or the time is over; MiB per second of what was done. Null when it was given up, or there was time for none.
    /// </summary>
    public double? Measure(int steps, int stepSize, Action<int> step, Action? finish = null)
    {
        var start = time.GetTimestamp();
        var done = 0;
        while (done < steps && time.GetElapsedTime(start) < patience)
        {
            if (giveUp())
                return null;
            step(done++);
        }
        finish?.Invoke();
        var seconds = time.GetElapsedTime(start).TotalSeconds;
        return done > 0 && seconds > 0 ? Math.Round(done * (double)stepSize / (1 << 20) / seconds, 1) : null;
    }
}
