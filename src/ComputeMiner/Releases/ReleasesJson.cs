using System.Text.Json.Serialization;

namespace ComputeMiner.Releases;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(SignedStatement))]
[JsonSerializable(typeof(ReleaseStatement))]
[JsonSerializable(typeof(UpdateState))]
[JsonSerializable(typeof(UpdateStatus))]
sealed partial class ReleasesJson : JsonSerializerContext;
