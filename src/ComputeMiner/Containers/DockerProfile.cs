using System.Globalization;
using System.Net;
using ComputeMiner.Containers.Egress;
using Docker.DotNet.Models;

namespace ComputeMiner.Containers;

/// <summary>The container profile: what a tenant's root may do, and how much of the machine it gets.</summary>
static class DockerProfile
{
    /// <summary>API of Docker 20.10, what Debian 12 ships.</summary>
    public static readonly System.Version OldestApi = new(1, 41);

    /// <summary>A network's option that names the host's interface.</summary>
    public const string BridgeName = "com.docker.network.bridge.name";

    // sshd needs SETUID, SETGID and SYS_CHROOT; the rest lets root install packages, add users and change owners. Left out on purpose:
    // NET_RAW, MKNOD, SETPCAP and all of SYS_* but chroot.
    static readonly string[] Capabilities =
    [
        "SETUID", "SETGID", "SYS_CHROOT", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "AUDIT_WRITE", "NET_BIND_SERVICE", "SETFCAP",
    ];

    public static CreateContainerParameters ToCreate(
        ContainerSpec spec, ContainerOptions options, ResourceLimits limits, IEnumerable<IPAddress> addresses, long? openFiles = null) => new()
    {
        Name = spec.Name,
        Image = spec.Image,
        Hostname = "rental",
        Entrypoint = [],
        Cmd = Handover.Command,
        OpenStdin = true,
        StdinOnce = true,
        // The kernel keeps a politer one from a first process that has not asked for it, such as the shell that waits for the tenant.
        StopSignal = "SIGKILL",
        User = "0:0",
        Labels = WithInstance(spec.Labels.ToDictionary(), options),
        ExposedPorts = new Dictionary<string, EmptyStruct> { ["22/tcp"] = default },
        HostConfig = new HostConfig
        {
            // Comes back by itself after a reboot and a Docker upgrade; the reconciler does the rest.
            RestartPolicy = new RestartPolicy { Name = RestartPolicyKind.UnlessStopped },
            NetworkMode = options.Network,
            PortBindings = new Dictionary<string, IList<PortBinding>>
            {
                ["22/tcp"] = [.. addresses.Select(address => Binding(address, spec.SshPort))],
            },
            CapDrop = ["ALL"],
            CapAdd = Capabilities,
            SecurityOpt = ["no-new-privileges"],
            Memory = limits.Memory,
            MemorySwap = limits.Memory,
            ShmSize = limits.SharedMemory,
            NanoCPUs = limits.NanoCpus,
            PidsLimit = limits.Processes,
            Ulimits = Ulimits(openFiles),
            LogConfig = new LogConfig
            {
                Type = "json-file",
                Config = new Dictionary<string, string> { ["max-size"] = "10m", ["max-file"] = "3" },
            },
            DeviceRequests = options.Gpus.Count == 0 ? [] : [Gpus(options.Gpus)],
        },
    };

    // Each family by its own address: an engine that is given none, or a host without the other family, may refuse both.
    static PortBinding Binding(IPAddress address, int port) =>
        new() { HostIP = address.ToString(), HostPort = port.ToString(CultureInfo.InvariantCulture) };

    public static NetworksCreateParameters ToNetwork(ContainerOptions options) => new()
    {
        Name = options.Network,
        Driver = "bridge",
        Labels = new Dictionary<string, string> { [ContainerLabels.InstanceKey] = options.Instance },
        Options = new Dictionary<string, string>
        {
            // Containers on it do not see one another.
            ["com.docker.network.bridge.enable_icc"] = "false",
            // The same when the network is made again, so that rules for it hold on.
            [BridgeName] = EgressNames.Of(options).Bridge,
        },
    };

    /// <summary>What a probe prints: the word the reference's check of Docker prints too.</summary>
    public const string ProbeWord = "compute-subnet";

    /// <summary>A container that shows whether the image's containers run at all; files of the image are read from it.</summary>
    public static CreateContainerParameters ToProbe(string image, ContainerOptions options, long? openFiles) => new()
    {
        // Recognised by whoever finds one that a crash left; never in the way of another one.
        Name = $"{options.NamePrefix}ssh-image-probe-{Guid.NewGuid():N}",
        Image = image,
        Entrypoint = ["/bin/echo"],
        Cmd = [ProbeWord],
        NetworkDisabled = true,
        HostConfig = new HostConfig { Ulimits = Ulimits(openFiles) },
        Labels = WithInstance(new() { [ContainerLabels.KindKey] = ContainerLabels.ProbeKind }, options),
    };

    // The engine's own limit may be what a service manager gives to services: some thousands.
    static List<Ulimit> Ulimits(long? openFiles) =>
    [
        new() { Name = "core", Soft = 0, Hard = 0 },
        .. openFiles is { } files ? [new Ulimit { Name = "nofile", Soft = files, Hard = files }] : Array.Empty<Ulimit>(),
    ];

    // By UUID: a count always means the first ones.
    static DeviceRequest Gpus(IReadOnlyList<string> ids) => new()
    {
        Driver = "nvidia",
        DeviceIDs = [.. ids],
        Capabilities = [["gpu", "compute", "utility"]],
    };

    static Dictionary<string, string> WithInstance(Dictionary<string, string> labels, ContainerOptions options)
    {
        labels[ContainerLabels.InstanceKey] = options.Instance;
        return labels;
    }
}
