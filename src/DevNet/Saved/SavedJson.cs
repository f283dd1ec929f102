using System.Text.Json.Serialization;

namespace DevNet.Saved;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SavedNetwork))]
sealed partial class SavedJson : JsonSerializerContext;
