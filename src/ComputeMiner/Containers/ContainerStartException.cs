namespace ComputeMiner.Containers;

/// <summary>A container was created but did not come up.</summary>
sealed class ContainerStartException(string id, long? exitCode, string reason, Exception? inner = null)
    : ContainerEngineException($"Container {id[..Math.Min(12, id.Length)]} did not start: {reason}", inner)
{
    public string Id { get; } = id;

    /// <summary>Exit code of its first process, where it ended.</summary>
    public long? ExitCode { get; } = exitCode;
}
