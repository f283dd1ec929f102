namespace Bittensor.Compute;

/// <summary>How a renter reaches his container. Travels only sealed (<see cref="SealedCredentials"/>).</summary>
/// <param name="Username">Login name.</param>
/// <param name="Password">Login password.</param>
/// <param name="Port">The port reachable from outside.</param>
/// <param name="Version">The subnet version of the miner, for example 190.</param>
public sealed record SshCredentials(string Username, string Password, int Port, int Version)
{
    /// <summary>Without the password.</summary>
    public override string ToString() => $"{Username} at port {Port}";
}
