using System.Text.Json.Serialization;

namespace ComputeMiner.Updates;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(KnownVersions))]
sealed partial class UpdatesJson : JsonSerializerContext;
