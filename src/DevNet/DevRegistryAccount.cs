namespace DevNet;

/// <summary>Somebody who may log in.</summary>
/// <param name="Username">The name runs carry as their owner's.</param>
/// <param name="Key">The API key.</param>
/// <param name="CanWrite">Whether the account may make runs and change its own. A read-only one gets 403.</param>
/// <param name="IsMember">Whether it belongs to the project's team, and so may change anybody's runs.</param>
public sealed record DevRegistryAccount(string Username, string Key, bool CanWrite = true, bool IsMember = false)
{
    /// <summary>The account a registry has when none is named. Its key has the length of a real one and opens nothing else.</summary>
    public static DevRegistryAccount Default { get; } = new("devminer", "0000000000000000000000000000000000000001");

    /// <summary>Without the key.</summary>
    public override string ToString() => Username;
}
