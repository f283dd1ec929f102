using System.Net;
using Bittensor.Axon;
using Bittensor.Compute;
using ComputeMiner.Tests.Containers;

namespace ComputeMiner.Tests.Allocations;

/// <summary>What a caller's words and a rental's end must not do to this machine, on its Docker Engine.</summary>
[Collection(DockerCollection.Name)]
public sealed class HardeningOnDockerTests(DockerFixture docker)
{
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

    async Task<AllocateOutput> AskAsync(DockerMachine machine, AllocateSynapse synapse)
    {
        var caller = new AxonCaller(_alice.Hotkey, AllocateSynapse.Route, IPAddress.Loopback, 1, "uuid", TimeSpan.FromSeconds(60), DateTimeOffset.UnixEpoch);
        await machine.Endpoint().HandleAsync(synapse, caller, Cancellation);
        return synapse.Output;
    }
}
