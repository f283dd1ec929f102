namespace ComputeMiner.Presence;

/// <summary>The public address is not known and no two services agree on one.</summary>
sealed class ExternalAddressException(string message) : Exception(message);
