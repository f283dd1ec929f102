using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bittensor.Compute;

/// <summary>Seconds in an <c>output</c> object; what is no number reads as absent, as in <see cref="OutputStatusConverter"/>.</summary>
sealed class OutputSecondsConverter : JsonConverter<double?>
{
    public override bool HandleNull => true;

    public override double? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var seconds) && double.IsFinite(seconds))
            return seconds;
        reader.Skip();
        return null;
    }

    public override void Write(Utf8JsonWriter writer, double? value, JsonSerializerOptions options)
    {
        if (value is { } seconds)
            writer.WriteNumberValue(seconds);
        else
            writer.WriteNullValue();
    }
}
