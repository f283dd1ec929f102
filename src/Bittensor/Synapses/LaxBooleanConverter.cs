using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bittensor.Synapses;

/// <summary>Booleans as pydantic's lax mode takes them: true, false, 0, 1, and the usual words in any letter case.</summary>
/// <remarks>Source: pydantic 2, conversion table, column "lax" of bool.</remarks>
sealed class LaxBooleanConverter : JsonConverter<bool>
{
    const string Expected = "true or false";

    public override bool Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        JsonTokenType.Number when reader.TryGetDouble(out var number) && number is 0 or 1 => reader.GetDouble() != 0,
        JsonTokenType.String => FromWord(reader.GetString()!),
        _ => throw new SynapseFieldException(Expected),
    };

    public override void Write(Utf8JsonWriter writer, bool value, JsonSerializerOptions options) => writer.WriteBooleanValue(value);

    static bool FromWord(string word) => word.ToLowerInvariant() switch
    {
        "1" or "t" or "true" or "y" or "yes" or "on" => true,
        "0" or "f" or "false" or "n" or "no" or "off" => false,
        _ => throw new SynapseFieldException(Expected),
    };
}
