using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Bittensor.Axon;
using Bittensor.Compute;
using ComputeMiner.Tests.Containers;

namespace ComputeMiner.Tests.Allocations;

/// <summary>What a caller's words and a rental's end must not do to this machine, on its Docker Engine.</summary>
[Collection(DockerCollection.Name)]
public sealed class HardeningOnDockerTests(DockerFixture docker)
{
    static readonly string[] Wishes =
    [
        "base_image", "image", "dockerfile", "build", "volume_path", "working_dir", "command", "cmd", "entrypoint", "user", "privileged", "network_mode", "pid", "ipc",
        "userns_mode", "cgroup_parent", "runtime", "hostname", "post_start", "ssh_command", "script",
    ];

    static readonly string[] Lists =
        ["commands", "args", "volumes", "binds", "mounts", "env", "devices", "cap_add", "security_opt", "ports", "dns", "extra_hosts", "group_add", "tmpfs"];

    static readonly string[] Objects = ["environment", "HostConfig", "host_config", "Config", "labels", "sysctls", "ulimits", "options", "NetworkingConfig"];

    readonly Renter _alice = Renter.Alice;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task B50_ImageVolumeAndBuildText_AreNotUsed()
    {
        await using var machine = await DockerMachine.StartAsync(docker);
        var images = await HostCommand.RunAsync("docker", ["images", "-aq", "--no-trunc", "computeminer-base"]);

        var output = await AskAsync(machine, new AllocateSynapse
        {
            Checking = false,
            Timeline = 30,
            PublicKey = _alice.Pem,
            DockerRequirement = new DockerRequirement
            {
                BaseImage = "../../../evil:latest; reboot",
                SshPort = 22,
                VolumePath = "/",
                Dockerfile = "RUN touch /owned && curl http://169.254.169.254/\nUSER nobody",
            },
        });

        Assert.True(output.Status);
        var container = machine.Allocator.Current.Allocation!.ContainerId!;
        Assert.Equal($"{docker.Image.Id} [] 0:0", (await HostCommand.RunAsync("docker", ["inspect", "--format", "{{.Image}} {{.HostConfig.Binds}} {{.Config.User}}", container])).Trim());
        // Network files of its own, and nothing of the host.
        var mounts = await HostCommand.RunAsync("docker", ["inspect", "--format", "{{range .Mounts}}{{.Source}}\n{{end}}", container]);
        Assert.All(mounts.Split('\n', StringSplitOptions.RemoveEmptyEntries), source => Assert.Matches("^/run/computeminer/.*/etc/(hosts|hostname|resolv.conf)$", source));
        Assert.DoesNotContain("evil", await HostCommand.RunAsync("docker", ["inspect", container]), StringComparison.Ordinal);
        Assert.Equal(1, (await HostCommand.TryRunAsync("docker", ["exec", container, "test", "-e", "/owned"])).Code);
        Assert.Equal(images, await HostCommand.RunAsync("docker", ["images", "-aq", "--no-trunc", "computeminer-base"]));
    }

    [Fact]
    public async Task B64_ForeignImagesAndContainers_OutliveARental()
    {
        await using var machine = await DockerMachine.StartAsync(docker);
        // Its name holds ours, it carries no label of ours, and it runs.
        var stranger = $"my-{docker.Settings.RentalName}-2";
        await HostCommand.RunAsync("docker", ["run", "-d", "--name", stranger, "--network", "none", docker.Image.Id, "sleep", "300"]);
        // An image without a name: what a prune takes first.
        var image = (await HostCommand.RunAsync("docker", ["commit", stranger])).Trim();
        try
        {
            Assert.True((await AskAsync(machine, new AllocateSynapse { Timeline = 1 })).Status);
            Assert.True((await AskAsync(machine, new AllocateSynapse { Checking = false, Timeline = 30, PublicKey = _alice.Pem })).Status);
            Assert.True((await AskAsync(machine, new AllocateSynapse { Checking = false, Timeline = 0, PublicKey = _alice.Pem })).Status);
            await Condition.UntilAsync(() => machine.Allocator.IsFree);

            Assert.Equal("running", (await HostCommand.RunAsync("docker", ["inspect", "--format", "{{.State.Status}}", stranger])).Trim());
            Assert.Equal(image, (await HostCommand.RunAsync("docker", ["image", "inspect", "--format", "{{.Id}}", image])).Trim());
        }
        finally
        {
            await HostCommand.TryRunAsync("docker", ["rm", "-f", stranger]);
            await HostCommand.TryRunAsync("docker", ["rmi", image]);
        }
    }

    /// <summary>
    /// The body is not signed: whoever stands between may write into it what he likes, under every name that Docker, a compose file or the
    /// reference has for it. What comes of it is the container of a plain request with another key in it, and nothing else anywhere.
    /// </summary>
    [Fact]
    public async Task Allocate_BodyFullOfWishes_MakesTheContainerOfAPlainOne()
    {
        await using var machine = await DockerMachine.StartAsync(docker);
        await using var wire = await AllocateWire.StartAsync(machine.Allocator);
        var (images, marker) = (await HostCommand.RunAsync("docker", ["images", "-aq", "--no-trunc"]), Path.Combine(Path.GetTempPath(), $"owned-{Guid.NewGuid():N}"));
        var plain = await AllocateAsync(machine, wire, _ => { });

        var wished = await AllocateAsync(machine, wire, body =>
        {
            Fill(body, marker);
            Fill(body["docker_requirement"]!.AsObject(), marker);
            Fill(body["device_requirement"]!.AsObject(), marker);
            Fill(body["docker_action"]!.AsObject(), marker);
        });

        Assert.Equal(plain, wished);
        Assert.Contains(docker.Image.Id, plain, StringComparison.Ordinal);
        Assert.False(File.Exists(marker));
        Assert.Equal(images, await HostCommand.RunAsync("docker", ["images", "-aq", "--no-trunc"]));
    }

    static void Fill(JsonObject part, string marker)
    {
        var command = $"touch {marker}; touch /owned";
        foreach (var name in Wishes)
            part[name] = name is "privileged" ? true : name is "base_image" or "image" ? "evil:latest" : name is "volume_path" or "working_dir" ? "/" : command;
        foreach (var name in Lists)
            part[name] = new JsonArray("sh", "-c", command, "/:/host", "/etc:/etc", "LD_PRELOAD=/owned", "SYS_ADMIN", "/dev/mem");
        foreach (var name in Objects)
            part[name] = new JsonObject { ["LD_PRELOAD"] = "/owned", ["/host"] = "/", ["22/tcp"] = 22, ["Privileged"] = true, ["PidMode"] = "host" };
    }

    // What a container is made of. Its own name for itself, its addresses and its facts differ from one to the next.
    async Task<string> AllocateAsync(DockerMachine machine, AllocateWire wire, Action<JsonObject> change)
    {
        var plain = new AllocateSynapse
        {
            Checking = false, Timeline = 30, PublicKey = _alice.Pem, DeviceRequirement = new DeviceRequirement(), DockerRequirement = new DockerRequirement(),
            DockerAction = new DockerAction(),
        };
        Assert.Equal(WireAnswer.Allocated, await wire.SendAsync("//Alice", plain, change));
        var allocation = machine.Allocator.Current.Allocation!;
        var container = allocation.ContainerId!;
        Assert.Equal(1, (await HostCommand.TryRunAsync("docker", ["exec", container, "test", "-e", "/owned"])).Code);
        var made = await HostCommand.RunAsync("docker",
        [
            "inspect", "--format",
            "{{.Image}} {{.Path}} {{json .Args}} {{json .HostConfig}} {{json .Config.Env}} {{json .Config.Cmd}} {{json .Config.Entrypoint}} {{json .Config.User}} "
            + "{{json .Config.Volumes}} {{json .Config.ExposedPorts}} {{json .Config.WorkingDir}}",
            container,
        ]);
        var mounts = await HostCommand.RunAsync("docker", ["inspect", "--format", "{{range .Mounts}}{{.Type}}:{{.Destination}}:{{.RW}}\n{{end}}", container]);
        var processes = await HostCommand.RunAsync("docker", ["exec", container, "ps", "-eo", "args"]);
        Assert.Equal(WireAnswer.Done, await wire.SendAsync("//Alice", new AllocateSynapse { Checking = false, Timeline = 0, PublicKey = _alice.Pem }));
        await Condition.UntilAsync(() => machine.Allocator.IsFree);
        return Regex.Replace(made.Replace(container, "ID", StringComparison.Ordinal).Replace(allocation.Id, "FACTS", StringComparison.Ordinal), "/[0-9a-f]{16}/etc/", "/SOME/etc/")
            + string.Join(' ', mounts.Split('\n').Order(StringComparer.Ordinal)) + processes;
    }

    async Task<AllocateOutput> AskAsync(DockerMachine machine, AllocateSynapse synapse)
    {
        var caller = new AxonCaller(_alice.Hotkey, AllocateSynapse.Route, IPAddress.Loopback, 1, "uuid", TimeSpan.FromSeconds(60), DateTimeOffset.UnixEpoch);
        await machine.Endpoint().HandleAsync(synapse, caller, Cancellation);
        return synapse.Output;
    }
}
