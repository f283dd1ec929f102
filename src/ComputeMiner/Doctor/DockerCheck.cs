using ComputeMiner.Containers;

namespace ComputeMiner.Doctor;

/// <summary>The container engine answers this user.</summary>
sealed class DockerCheck(IContainerEngine engine) : IDoctorCheck
{
    public async Task<IReadOnlyList<CheckResult>> RunAsync(CancellationToken cancellation)
    {
        try
        {
            var info = await engine.ProbeAsync(cancellation);
            return [CheckResult.Good("docker", $"version {info.Version}, {info.Cpus} CPUs, {info.Memory >> 30} GiB of memory")];
        }
        catch (ContainerEngineUnavailableException fault)
        {
            return [CheckResult.Failed("docker", fault.Message, fault.Fault switch
            {
                EngineFault.PermissionDenied => "run as root, or add this user to the group docker and log in again",
                EngineFault.TooOld => "install a newer Docker Engine",
                _ => "install Docker Engine (package docker.io) and start it",
            })];
        }
    }
}
