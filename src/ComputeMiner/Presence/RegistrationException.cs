namespace ComputeMiner.Presence;

/// <summary>The hotkey cannot be registered; the message says why and what to do.</summary>
sealed class RegistrationException(string message, Exception? inner = null) : Exception(message, inner);
