namespace ComputeMiner.Notices;

/// <summary>How long something still lasts, in words. Coarser the longer it is, so that the words seldom change.</summary>
static class TimeLeft
{
    public static string Words(TimeSpan left) => left switch
    {
        { TotalDays: >= 2 } => $"{Count(left.Days, "day")} {Count(left.Hours, "hour")}",
        { TotalHours: >= 1 } => left.Minutes / 10 * 10 is var minutes and > 0
            ? $"{Count((int)left.TotalHours, "hour")} {minutes} minutes"
            : Count((int)left.TotalHours, "hour"),
        { TotalMinutes: >= 1 } => Count(left.Minutes, "minute"),
        _ => "less than a minute",
    };

    static string Count(int number, string unit) => number == 1 ? $"1 {unit}" : $"{number} {unit}s";
}
