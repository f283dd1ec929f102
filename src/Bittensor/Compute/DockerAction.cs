namespace Bittensor.Compute;

/// <summary>What is to be done to a container that is already held.</summary>
public sealed record DockerAction
{
    /// <summary>What the field holds when a request leaves it out.</summary>
    public static DockerAction None { get; } = new() { Action = "", SshKey = "", KeyType = "" };

    /// <summary><c>restart</c>, <c>pause</c>, <c>unpause</c>, <c>resume</c> or <c>exchange_key</c>.</summary>
    public string? Action { get; init; }

    /// <summary>The new key line of <c>exchange_key</c>.</summary>
    public string? SshKey { get; init; }

    /// <summary>Which line is exchanged: <c>user</c> or <c>terminal</c>.</summary>
    public string? KeyType { get; init; }
}
