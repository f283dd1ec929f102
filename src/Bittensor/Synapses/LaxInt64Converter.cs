using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bittensor.Synapses;

/// <summary>Reads a <see cref="long"/> by the rules of <see cref="LaxNumber"/>.</summary>
sealed class LaxInt64Converter : JsonConverter<long>
{
    public override long Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        LaxNumber.TryRead(ref reader, out var value) ? value : throw new SynapseFieldException("an integer of at most 64 bits");

    public override void Write(Utf8JsonWriter writer, long value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
}
