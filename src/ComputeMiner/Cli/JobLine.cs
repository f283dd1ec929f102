using System.Globalization;
using ComputeMiner.Schedule;

namespace ComputeMiner.Cli;

/// <summary>How a job of the schedule stands, on one line.</summary>
static class JobLine
{
    public static string Of(JobStatus job, DateTimeOffset now)
    {
        var deadline = $"(deadline {Duration(TimeSpan.FromSeconds(job.PatienceSeconds))})";
        if (job.Block is not { } block)
            return $"{job.Name}: {job.Result} {deadline}";
        var state = job.IsRunning ? "running since" : job.Ok ? "ok at" : "FAILED at";
        var age = job.Started is { } started ? $", {Duration(now - started)} ago" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{job.Name}: {state} block {block}{age} {deadline}: {job.Result}");
    }

    public static string Duration(TimeSpan span)
    {
        var (value, unit) = span < TimeSpan.FromMinutes(2) ? (Math.Max(0, span.TotalSeconds), "s")
            : span < TimeSpan.FromHours(2) ? (span.TotalMinutes, "min")
            : (span.TotalHours, "h");
        return string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(value)} {unit}");
    }
}
