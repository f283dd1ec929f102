using System.Globalization;

namespace Bittensor.Synapses;

/// <summary>Floats as Python's <c>repr</c> writes them, which is what the other side's logs and parsers know.</summary>
static class PythonNumber
{
    /// <summary>For example <c>15.0</c>, <c>0.25</c>, <c>5e-05</c>.</summary>
    public static string Format(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        if (text.Contains('E', StringComparison.Ordinal))
            return text.Replace('E', 'e');
        return text.Contains('.', StringComparison.Ordinal) || !double.IsFinite(value) ? text : text + ".0";
    }
}
