using System.Globalization;

namespace Scenarios;

/// <summary>How long checks took and how many were not answered as they must be.</summary>
sealed class CheckTimes
{
    readonly List<double> _milliseconds = [];
    int _lost;

    public void Add(TimeSpan time, bool good)
    {
        _milliseconds.Add(time.TotalMilliseconds);
        _lost += good ? 0 : 1;
    }

    /// <summary>Their number, how many were lost, median, the time that 99 of 100 kept, and the slowest.</summary>
    public string[] ToCells()
    {
        var sorted = _milliseconds.Order().ToArray();
        return
        [
            sorted.Length.ToString(CultureInfo.InvariantCulture), _lost.ToString(CultureInfo.InvariantCulture),
            Text(sorted[sorted.Length / 2]), Text(sorted[(int)(0.99 * (sorted.Length - 1))]), Text(sorted[^1]),
        ];
    }

    static string Text(double milliseconds) => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0.0} ms");
}
