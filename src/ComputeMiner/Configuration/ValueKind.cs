namespace ComputeMiner.Configuration;

/// <summary>Reads a value from its text; returns null when that went well, otherwise what is allowed.</summary>
delegate string? ValueReader<T>(string text, out T? value);

/// <summary>How values of one kind are read, shown and described.</summary>
/// <param name="Placeholder">Stands for the value in help, such as PORT.</param>
/// <param name="Read">From text.</param>
/// <param name="Show">To text that may be printed: secrets are left out.</param>
sealed record ValueKind<T>(string Placeholder, ValueReader<T> Read, Func<T, string> Show);
