namespace ComputeMiner.Containers;

/// <summary>The image for renters could not be made; the message says why and what to do.</summary>
sealed class BaseImageException(string message, Exception? inner = null) : ContainerEngineException(message, inner);
