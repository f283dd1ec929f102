using Bittensor.Scale;

namespace DevNet.Metadata;

/// <summary>A type with a path: where it comes from, its parameters, and how its definition is written.</summary>
sealed record TypeDeclaration(string Path, string Parameters, Action<ScaleWriter> WriteBody);
