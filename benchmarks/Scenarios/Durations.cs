using System.Globalization;

namespace Scenarios;

/// <summary>Milliseconds of one thing, measured several times.</summary>
sealed class Durations
{
    readonly List<double> _milliseconds = [];

    public double Median => _milliseconds.Order().ElementAt(_milliseconds.Count / 2);

    public void Add(TimeSpan duration) => _milliseconds.Add(duration.TotalMilliseconds);

    /// <summary>Median, fastest, slowest and their number, as cells of a table.</summary>
    public string[] ToCells(string format = "0") =>
    [
        Median.ToString(format, CultureInfo.InvariantCulture) + " ms",
        _milliseconds.Min().ToString(format, CultureInfo.InvariantCulture) + " ms",
        _milliseconds.Max().ToString(format, CultureInfo.InvariantCulture) + " ms",
        _milliseconds.Count.ToString(CultureInfo.InvariantCulture),
    ];
}
