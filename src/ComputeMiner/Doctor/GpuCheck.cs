using ComputeMiner.Gpus;

namespace ComputeMiner.Doctor;

/// <summary>The host has GPUs to hand out, the chosen ones are there, idle and without an error, and the kernel's log can be read.</summary>
sealed class GpuCheck(GpuInventory inventory, GpuSelection selection, XidLog errors) : IDoctorCheck
{
    public async Task<IReadOnlyList<CheckResult>> RunAsync(CancellationToken cancellation)
    {
        try
        {
            var found = await inventory.ReadAsync(cancellation);
            var chosen = selection.Choose(found);
            if (chosen.Count == 0)
                return [CheckResult.Warning("gpu", selection == GpuSelection.None ? "--container.gpus is none" : "there is none",
                    "install the NVIDIA driver and the NVIDIA container toolkit; without a GPU validators score nothing")];
            if (found.FirstOrDefault(gpu => gpu.IsMig && chosen.Contains(gpu.Uuid)) is { } cut)
                return [CheckResult.Failed("gpu", $"{cut.Uuid} is in MIG mode, in which the whole of it computes for nobody", $"switch that off with `nvidia-smi -i {cut.Index} -mig 0`, or keep it out with --container.gpus")];
            return [CheckResult.Good("gpu", $"{chosen.Count}: {string.Join(", ", chosen)}"), .. CheckErrors(found)];
        }
        catch (Exception fault) when (fault is GpuReadException or FormatException)
        {
            return [CheckResult.Failed("gpu", fault.Message, "see what `nvidia-smi` says; a driver that was updated needs a restart of the machine")];
        }
    }

    IEnumerable<CheckResult> CheckErrors(IReadOnlyList<Gpu> found)
    {
        if (KernelLog.TryRead() is null)
            yield return CheckResult.Warning("gpu errors", "this user may not read the kernel's log, where they stand", "run as root, or set kernel.dmesg_restrict to 0");
        var fatal = errors.Read().FirstOrDefault(error => error.IsFatal && found.Any(gpu => gpu.Pci == error.Pci));
        if (fatal is not null)
            yield return CheckResult.Failed("gpu errors", fatal.Line, "reset that GPU or restart the machine, then say so with `miner gpus --clear`");
    }
}
