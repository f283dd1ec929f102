using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bittensor.Synapses;

/// <summary>Reads an <see cref="int"/> by the rules of <see cref="LaxNumber"/>.</summary>
sealed class LaxInt32Converter : JsonConverter<int>
{
    public override int Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        LaxNumber.TryRead(ref reader, out var value) && value is >= int.MinValue and <= int.MaxValue
            ? (int)value
            : throw new SynapseFieldException("an integer of at most 32 bits");

    public override void Write(Utf8JsonWriter writer, int value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
}
