using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bittensor.Compute;

/// <summary>A port in an <c>output</c> object; anything that is none reads as absent, as in <see cref="OutputStatusConverter"/>.</summary>
sealed class OutputPortConverter : JsonConverter<int?>
{
    public override bool HandleNull => true;

    public override int? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var port) && port is > 0 and <= ushort.MaxValue)
            return port;
        reader.Skip();
        return null;
    }

    public override void Write(Utf8JsonWriter writer, int? value, JsonSerializerOptions options)
    {
        if (value is { } port)
            writer.WriteNumberValue(port);
        else
            writer.WriteNullValue();
    }
}
