using ComputeMiner.Containers;

namespace ComputeMiner.Doctor;

/// <summary>What keeps a tenant from the host and its LAN could be set on this machine.</summary>
sealed class SafeguardsCheck(DockerEngine engine) : IDoctorCheck
{
    public async Task<IReadOnlyList<CheckResult>> RunAsync(CancellationToken cancellation)
    {
        try
        {
            return [.. (await engine.ExamineSafeguardsAsync(cancellation)).Select(Judge)];
        }
        catch (ContainerEngineException fault)
        {
            return [CheckResult.Warning("safeguards", $"not looked at: {fault.Message}", "mend that and ask again")];
        }
    }

    static CheckResult Judge(SafeguardState safeguard)
    {
        var name = safeguard.Name.ToLowerInvariant();
        return safeguard.Ok
            ? CheckResult.Good(name, safeguard.Detail)
            : CheckResult.Warning(name, safeguard.Detail, safeguard.Remedy ?? "see docs/operations.md");
    }
}
