using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bittensor.Synapses;

/// <summary>
/// Reads a <see cref="double"/> that is a number and finite. JSON can write numbers no double holds ("1e999"): read as infinity,
/// such a value could not be written back into the answer.
/// </summary>
sealed class LaxDoubleConverter : JsonConverter<double>
{
    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var value) && double.IsFinite(value)
            ? value
            : throw new SynapseFieldException("a finite number");

    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
}
