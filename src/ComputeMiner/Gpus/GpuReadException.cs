namespace ComputeMiner.Gpus;

/// <summary>The driver is there but does not tell what it has.</summary>
sealed class GpuReadException(string message, Exception? inner = null) : Exception(message, inner);
