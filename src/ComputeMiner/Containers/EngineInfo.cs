namespace ComputeMiner.Containers;

/// <summary>The container engine and the machine under it.</summary>
/// <param name="Version">The engine's version as it names it.</param>
/// <param name="Cpus">Processors.</param>
/// <param name="Memory">Bytes of memory.</param>
sealed record EngineInfo(string Version, int Cpus, long Memory);
