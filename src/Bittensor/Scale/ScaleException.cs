namespace Bittensor.Scale;

/// <summary>The bytes do not form the SCALE value that was asked for. The message says what was expected and at which offset.</summary>
public sealed class ScaleException(string message) : FormatException(message);
