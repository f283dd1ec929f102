using ComputeMiner.Containers;

namespace ComputeMiner.Doctor;

/// <summary>The host has GPUs to hand out.</summary>
sealed class GpuCheck : IDoctorCheck
{
    public async Task<IReadOnlyList<CheckResult>> RunAsync(CancellationToken cancellation)
    {
        var gpus = await GpuInventory.ListAsync(cancellation);
        return [gpus.Count > 0
            ? CheckResult.Good("gpu", $"{gpus.Count}: {string.Join(", ", gpus)}")
            : CheckResult.Warning("gpu", "nvidia-smi finds none",
                "install the NVIDIA driver and the NVIDIA container toolkit; without a GPU validators score nothing")];
    }
}
