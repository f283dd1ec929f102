namespace Bittensor.Substrate;

/// <summary>A field of a struct or of an enum case.</summary>
/// <param name="Name">Its name; null in tuple-like ones.</param>
/// <param name="Type">Its type's id.</param>
public readonly record struct TypeField(string? Name, uint Type);
