namespace ComputeMiner.Gpus;

/// <summary>One GPU at one moment.</summary>
/// <param name="Index">The driver's number of it; changes when another one is lost.</param>
/// <param name="Uuid">Its name for good, <c>GPU-…</c>.</param>
/// <param name="Name">The model.</param>
/// <param name="Pci">Where it sits, as <see cref="PciAddress"/> writes it.</param>
/// <param name="Memory">Bytes of memory.</param>
/// <param name="Used">Bytes in use, without what the driver keeps for itself.</param>
/// <param name="Processes">Processes that compute on it.</param>
sealed record Gpu(int Index, string Uuid, string Name, string Pci, long Memory, long Used, IReadOnlyList<int> Processes)
{
    /// <summary>MHz of its cores at this moment; 0 where the driver does not tell.</summary>
    public int GraphicsClock { get; init; }

    /// <summary>It is cut into parts (MIG): a container that gets the whole of it can compute on none.</summary>
    public bool IsMig { get; init; }

    /// <summary>What a cut one needs.</summary>
    public string MigFault() => $"{Uuid} is in MIG mode, in which the whole of it computes for nobody. Switch that off with `nvidia-smi -i {Index} -mig 0`, or keep this GPU out with --container.gpus.";

    /// <summary>MHz of its memory at this moment; 0 where the driver does not tell.</summary>
    public int MemoryClock { get; init; }
}
