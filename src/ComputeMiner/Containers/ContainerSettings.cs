namespace ComputeMiner.Containers;

/// <summary>What a renter's container is made from and may use.</summary>
sealed class ContainerSettings
{
    /// <summary>TCP port on this host that leads to the container's sshd. Default 4444.</summary>
    public ushort SshPort { get; set; } = 4444;

    /// <summary>Base image. Default: chosen by what the host has.</summary>
    public string? Image { get; set; }

    /// <summary>Longest rental. Default 365 days.</summary>
    public TimeSpan MaxRental { get; set; } = TimeSpan.FromDays(365);

    /// <summary>Longest test allocation. Default 10 minutes.</summary>
    public TimeSpan MaxTest { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Memory kept for the host, in bytes. Default 1 GiB.</summary>
    public long MemoryReserve { get; set; } = 1L << 30;

    /// <summary>Disk a container may fill, in bytes. Default: no limit of our own.</summary>
    public long? Disk { get; set; }

    /// <summary>Docker network of the containers. Default computeminer.</summary>
    public string Network { get; set; } = "computeminer";
}
