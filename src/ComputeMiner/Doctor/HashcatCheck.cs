using ComputeMiner.Challenges;
using ComputeMiner.Gpus;

namespace ComputeMiner.Doctor;

/// <summary>hashcat is there and sees the device it is to work on, where challenges are on.</summary>
sealed class HashcatCheck(ChallengeSettings settings, TimeProvider time) : IDoctorCheck
{
    const string Name = "hashcat";
    const string Drivers = "for a GPU install NVIDIA's driver with OpenCL or the CUDA toolkit; for a CPU install pocl-opencl-icd and ocl-icd-libopencl1";

    public async Task<IReadOnlyList<CheckResult>> RunAsync(CancellationToken cancellation)
    {
        try
        {
            var program = await HashcatProgram.FindAsync(settings.HashcatPath, time, cancellation);
            var about = $"{program.Version} at {program.Path}";
            return [settings.Enabled ? await CheckDevicesAsync(program, about, cancellation) : CheckResult.Good(Name, $"{about}, not used: challenges are off")];
        }
        catch (HashcatException fault)
        {
            return [settings.Enabled
                ? CheckResult.Failed(Name, fault.Message, "mend that, or leave out --challenge.enabled")
                : CheckResult.Good(Name, "none that can be used, and none needed: challenges are off")];
        }
    }

    async Task<CheckResult> CheckDevicesAsync(HashcatProgram program, string about, CancellationToken cancellation)
    {
        var scratch = Directory.CreateTempSubdirectory("computeminer-doctor-");
        try
        {
            var devices = await new HashcatBenchmark(program, HashcatDirectory.Open(scratch.FullName), gpus: null, time).ListDevicesAsync(cancellation);
            var wanted = await HasGpuAsync(cancellation) ? "GPU" : "CPU";
            var finding = $"{about}; it sees {(devices.Count == 0 ? "no device" : string.Join(", ", devices.Select(device => $"{device.Type} {device.Name}")))}";
            return devices.Any(device => device.Type == wanted)
                ? CheckResult.Good(Name, finding)
                : CheckResult.Failed(Name, $"{finding}, and is to work on a {wanted}", Drivers);
        }
        finally
        {
            HashcatDirectory.RemoveRun(scratch.FullName);
        }
    }

    // A driver that does not answer is there for a GPU.
    static async Task<bool> HasGpuAsync(CancellationToken cancellation)
    {
        try
        {
            return (await new GpuInventory().ReadAsync(cancellation)).Count > 0;
        }
        catch (GpuReadException)
        {
            return true;
        }
    }
}
