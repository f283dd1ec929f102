using ComputeMiner.Dashboard;

namespace ComputeMiner.Cli;

/// <summary>What the miner waits for, since when, and what helps, on one line.</summary>
static class StepLine
{
    public static string Of(StartupStep step, DateTimeOffset now)
    {
        var since = step.Since is { } begin ? $"for {JobLine.Duration(now - begin)}, " : "";
        return $"{step.Name}: {since}{step.Detail}{(step.Remedy is null ? "" : $" ({step.Remedy})")}";
    }
}
