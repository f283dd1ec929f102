namespace ComputeMiner.Registry;

/// <summary>The registry did not do what it was asked.</summary>
/// <param name="fault">What helps.</param>
/// <param name="message">What it answered, bounded; never holds the key.</param>
/// <param name="wait">How long it asks callers to wait; null when it does not say.</param>
/// <param name="inner">What lay beneath, if anything.</param>
sealed class RegistryException(RegistryFault fault, string message, TimeSpan? wait = null, Exception? inner = null) : Exception(message, inner)
{
    public RegistryFault Fault => fault;

    public TimeSpan? Wait => wait;
}
