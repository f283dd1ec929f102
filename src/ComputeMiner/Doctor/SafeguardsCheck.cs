using ComputeMiner.Containers;

namespace ComputeMiner.Doctor;

/// <summary>What keeps a tenant from the host and its LAN could be set on this machine.</summary>
sealed class SafeguardsCheck(DockerEngine engine) : IDoctorCheck
{
    public async Task<IReadOnlyList<CheckResult>> RunAsync(CancellationToken cancellation)
    {
        var found = new List<CheckResult>();
        foreach (var safeguard in await engine.ExamineSafeguardsAsync(cancellation))
            found.Add(safeguard.Ok
                ? CheckResult.Good(safeguard.Name.ToLowerInvariant(), safeguard.Detail)
                : CheckResult.Warning(safeguard.Name.ToLowerInvariant(), safeguard.Detail, safeguard.Remedy ?? "see docs/operations.md"));
        return found;
    }
}
