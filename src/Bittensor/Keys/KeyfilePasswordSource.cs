namespace Bittensor.Keys;

/// <summary>
/// Finds the password of an encrypted key file, or null when there is none. The default is <see cref="KeyfilePassword.FromEnvironment"/>;
/// a program with a terminal may prompt.
/// </summary>
/// <param name="path">Path of the key file, with <c>~</c> expanded.</param>
public delegate string? KeyfilePasswordSource(string path);
