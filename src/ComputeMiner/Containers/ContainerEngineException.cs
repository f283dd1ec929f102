namespace ComputeMiner.Containers;

/// <summary>The container engine failed or refused. The message never holds file contents.</summary>
class ContainerEngineException(string message, Exception? inner = null) : Exception(message, inner);
