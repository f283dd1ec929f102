namespace ComputeMiner.Gpus;

/// <summary>The NVIDIA GPUs of this machine: asked through NVML, else through nvidia-smi. Others are not seen.</summary>
/// <param name="library">NVML's file.</param>
/// <param name="program">The nvidia-smi program.</param>
sealed class GpuInventory(string library = NvmlLibrary.File, string program = NvidiaSmi.Program)
{
    /// <summary>All GPUs that work, by their index; empty where there is no driver. One that is lost is not among them.</summary>
    /// <exception cref="GpuReadException">A driver is there and does not answer.</exception>
    public async Task<IReadOnlyList<Gpu>> ReadAsync(CancellationToken cancellation)
    {
        // A broken driver can hold a call for long: not on the caller's thread.
        var found = await Task.Run(() => NvmlLibrary.TryRead(library), cancellation);
        return found ?? await new NvidiaSmi(program).ReadAsync(cancellation);
    }
}
