namespace ComputeMiner.Containers.Egress;

/// <summary>What a container may reach, and how much of the line it gets.</summary>
sealed class EgressOptions
{
    /// <summary>Default: best effort, so that a miner without the right to set rules still works, and says so.</summary>
    public EgressMode Mode { get; set; } = EgressMode.BestEffort;

    /// <summary>Connections a container may open per second, after a burst of four times that. Default 100.</summary>
    public int ConnectionsPerSecond { get; set; } = 100;

    /// <summary>Connections a container may have open at once. Default 4000: a conntrack table usually has 65,536 places or more.</summary>
    public int Connections { get; set; } = 4000;

    /// <summary>KiB per second a container may send beyond this host. Default: no limit.</summary>
    public int? Upload { get; set; }

    /// <summary>KiB per second a container may receive from beyond this host, and as much again over SSH. Default: no limit.</summary>
    public int? Download { get; set; }
}
