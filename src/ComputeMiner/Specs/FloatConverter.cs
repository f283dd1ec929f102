using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ComputeMiner.Specs;

/// <summary>Writes 2600 as <c>2600.0</c>: Python reads a number without a point as an integer, and these are floats.</summary>
sealed class FloatConverter : JsonConverter<double>
{
    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDouble();

    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        writer.WriteRawValue(text.AsSpan().ContainsAny('.', 'E') ? text : text + ".0");
    }
}
