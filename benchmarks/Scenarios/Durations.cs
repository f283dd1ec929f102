using System.Globalization;

namespace Scenarios;

/// <summary>Milliseconds of one thing, measured several times.</summary>
sealed class Durations
{
    readonly List<double> _milliseconds = [];

    public double Median => _milliseconds.Order().ElementAt(_milliseconds.Count / 2);

    public void Add(TimeSpan duration) => _milliseconds.Add(duration.TotalMilliseconds);

    /// <summary>Median, fastest, slowest and their number, as cells of a table.</summary>
    public string[] ToCells() =>
    [
        string.Create(CultureInfo.InvariantCulture, $"{Median:0} ms"),
        string.Create(CultureInfo.InvariantCulture, $"{_milliseconds.Min():0} ms"),
        string.Create(CultureInfo.InvariantCulture, $"{_milliseconds.Max():0} ms"),
        _milliseconds.Count.ToString(CultureInfo.InvariantCulture),
    ];
}
