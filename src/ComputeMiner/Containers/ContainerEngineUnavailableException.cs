namespace ComputeMiner.Containers;

/// <summary>There is no container engine to work with; the message says what to do about it.</summary>
sealed class ContainerEngineUnavailableException(EngineFault fault, string message, Exception? inner = null)
    : ContainerEngineException(message, inner)
{
    public EngineFault Fault { get; } = fault;
}
