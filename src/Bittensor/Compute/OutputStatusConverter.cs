using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bittensor.Compute;

/// <summary>
/// <c>output</c> is a free object on the wire and callers compare its status with <c>is True</c>: only JSON true and false
/// count, anything else is no status, and nothing in it makes the whole message invalid.
/// </summary>
sealed class OutputStatusConverter : JsonConverter<bool?>
{
    public override bool HandleNull => true;

    public override bool? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        bool? status = reader.TokenType switch { JsonTokenType.True => true, JsonTokenType.False => false, _ => null };
        reader.Skip();
        return status;
    }

    public override void Write(Utf8JsonWriter writer, bool? value, JsonSerializerOptions options)
    {
        if (value is { } status)
            writer.WriteBooleanValue(status);
        else
            writer.WriteNullValue();
    }
}
