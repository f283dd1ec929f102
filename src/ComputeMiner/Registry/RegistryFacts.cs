using System.Text.Json.Nodes;

namespace ComputeMiner.Registry;

/// <summary>What validators are to see of this miner.</summary>
/// <param name="Netuid">The subnet.</param>
/// <param name="SshPort">The renter's port.</param>
/// <param name="Version">The reference version this miner is equivalent to, e.g. 190.</param>
/// <param name="Specs">The hardware document; null before the first good probe.</param>
/// <param name="AllocatedTo">The hotkey that allocated this machine; null when it is free.</param>
sealed record RegistryFacts(ushort Netuid, ushort SshPort, int Version, JsonObject? Specs, string? AllocatedTo)
{
    /// <summary>Whether it is known who has the machine; where not, what the run says of it stays.</summary>
    public bool IsHolderKnown { get; init; } = true;
}
