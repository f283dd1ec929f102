using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bittensor.Synapses;

/// <summary>Strings are taken from strings only, with a message that says so.</summary>
sealed class StrictStringConverter : JsonConverter<string>
{
    public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String ? ReadText(ref reader) : throw new SynapseFieldException("a string");

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

    static string ReadText(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // An escaped half of a surrogate pair is good JSON but no text.
            throw new SynapseFieldException("a string of valid Unicode");
        }
    }
}
