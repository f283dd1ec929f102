using System.Text.Json.Serialization;
using Bittensor.Synapses;

namespace Bittensor.Compute;

/// <summary>Wire names are the fields' names in lower case with underscores; members that are absent stay absent.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    Converters =
    [
        typeof(LaxInt32Converter), typeof(LaxInt64Converter), typeof(LaxDoubleConverter), typeof(LaxBooleanConverter), typeof(StrictStringConverter),
    ])]
[JsonSerializable(typeof(AllocateSynapse))]
[JsonSerializable(typeof(ChallengeSynapse))]
[JsonSerializable(typeof(SpecsSynapse))]
[JsonSerializable(typeof(SshCredentials))]
sealed partial class ComputeJson : JsonSerializerContext;
