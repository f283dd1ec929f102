namespace Bittensor.Compute;

/// <summary>How a caller wants the container made. An object that was sent replaces <see cref="Default"/> whole.</summary>
public sealed record DockerRequirement
{
    /// <summary>What the field holds when a request leaves it out.</summary>
    public static DockerRequirement Default { get; } =
        new() { BaseImage = "ubuntu", SshKey = "", SshPort = 4444, VolumePath = "/tmp", Dockerfile = "" };

    /// <summary>Image reference.</summary>
    public string? BaseImage { get; init; }

    /// <summary>An OpenSSH public key line to authorize, or empty.</summary>
    public string? SshKey { get; init; }

    /// <summary>Ignored: the axon's own port counts.</summary>
    public int? SshPort { get; init; }

    /// <summary>Unused by every known axon.</summary>
    public string? VolumePath { get; init; }

    /// <summary>Build steps; every known caller sends an empty text.</summary>
    public string? Dockerfile { get; init; }
}
