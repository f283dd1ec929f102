using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bittensor.Compute;

/// <summary>Nothing tried is an empty object; anything else has all three members, as the reference's dictionary has.</summary>
sealed class ChallengeOutputConverter : JsonConverter<ChallengeOutput>
{
    static readonly OutputTextConverter Text = new();
    static readonly OutputSecondsConverter Seconds = new();

    public override ChallengeOutput Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("output must be an object.");
        var output = new ChallengeOutput();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueTextEquals("password"u8) ? 'p' : reader.ValueTextEquals("local_execution_time"u8) ? 't' : reader.ValueTextEquals("error"u8) ? 'e' : ' ';
            reader.Read();
            switch (name)
            {
                case 'p':
                    output = output with { Password = Text.Read(ref reader, typeof(string), options) };
                    break;
                case 't':
                    output = output with { LocalExecutionTime = Seconds.Read(ref reader, typeof(double?), options) };
                    break;
                case 'e':
                    output = output with { Error = Text.Read(ref reader, typeof(string), options) };
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return output;
    }

    public override void Write(Utf8JsonWriter writer, ChallengeOutput value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        if (value is not { Password: null, LocalExecutionTime: null, Error: null })
        {
            writer.WriteString("password"u8, value.Password);
            writer.WritePropertyName("local_execution_time"u8);
            Seconds.Write(writer, value.LocalExecutionTime, options);
            writer.WriteString("error"u8, value.Error);
        }
        writer.WriteEndObject();
    }
}
