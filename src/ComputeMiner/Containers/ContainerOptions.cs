using ComputeMiner.Containers.Disks;
using ComputeMiner.Containers.Egress;
using ComputeMiner.Gpus;

namespace ComputeMiner.Containers;

/// <summary>How the machine is handed out as a container.</summary>
sealed class ContainerOptions
{
    public const string Section = "Container";

    /// <summary>The Docker Engine's address. Default: the Unix socket of the machine.</summary>
    public Uri Endpoint { get; set; } = new("unix:///var/run/docker.sock");

    /// <summary>Image that renters get, sshd is added where it lacks. Default: PyTorch on a machine with GPUs, else a small Debian.</summary>
    public string? Image { get; set; }

    /// <summary>Port of the machine that leads to the container's sshd. Default 4444, as the reference miner.</summary>
    public ushort SshPort { get; set; } = 4444;

    /// <summary>Marks this miner's objects; two miners on one Docker Engine need different names. Default "default".</summary>
    public string Instance { get; set; } = "default";

    /// <summary>Put before container names. Default empty: the names of the reference miner, which operators recognise.</summary>
    public string NamePrefix { get; set; } = "";

    /// <summary>Name of the bridge network that belongs to rentals alone. Default "computeminer".</summary>
    public string Network { get; set; } = "computeminer";

    /// <summary>What containers may reach, and how much of the line they get.</summary>
    public EgressOptions Egress { get; } = new();

    /// <summary>Bytes of memory kept for the host. Default: a tenth of the memory, at least 1 GiB.</summary>
    public long? MemoryReserve { get; set; }

    /// <summary>How much a tenant may write. Default: what is free but a reserve for the host.</summary>
    public DiskRule Disk { get; set; } = DiskRule.Auto;

    /// <summary>Which of the machine's GPUs are handed out. Default all: validators score their number.</summary>
    public GpuSelection GpuSelection { get; set; } = GpuSelection.All;

    /// <summary>UUIDs of the GPUs handed out. Default none; the composition root fills in what <see cref="GpuSelection"/> chooses.</summary>
    public IReadOnlyList<string> Gpus { get; set; } = [];

    /// <summary>Keep one container started ahead of the next renter. Default true.</summary>
    public bool Spare { get; set; } = true;

    /// <summary>Restart a Docker Engine that holds the port for a container that is gone and runs nothing. Default true.</summary>
    public bool RestartDocker { get; set; } = true;

    /// <summary>Longest wait for one answer of the Docker Engine. Default 30 s.</summary>
    public TimeSpan EngineTimeout { get; set; } = TimeSpan.FromSeconds(30);

    public string RentalName => NamePrefix + "ssh-container";

    public string TestName => NamePrefix + "ssh-test-container";

    /// <summary>Name of a container that is ready for whoever comes.</summary>
    public string SpareName => NamePrefix + "ssh-spare-container";
}
