namespace ComputeMiner.Diagnostics;

/// <summary>A line of the log as the status repeats it.</summary>
sealed record RecentEvent(DateTimeOffset At, string Level, string Text);
