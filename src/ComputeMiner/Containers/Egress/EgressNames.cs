using System.Security.Cryptography;
using System.Text;

namespace ComputeMiner.Containers.Egress;

/// <summary>
/// What the miner calls its things in the host's network: the same at every run, other ones for each network of containers. Miners that
/// share a network share its rules, so that none that is gone leaves any behind.
/// </summary>
sealed record EgressNames(string Key)
{
    /// <summary>The bridge; Linux allows 15 characters.</summary>
    public string Bridge => $"cm{Key}";

    /// <summary>Rules for what leaves for elsewhere; iptables allows 28 characters.</summary>
    public string Forward => $"CM-{Key}-FORWARD";

    /// <summary>Rules for what goes to the host itself.</summary>
    public string Input => $"CM-{Key}-INPUT";

    /// <summary>Rules for what comes from elsewhere.</summary>
    public string Inward => $"CM-{Key}-INWARD";

    public static EgressNames Of(ContainerOptions options) =>
        new(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(options.Network)))[..10]);
}
