using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using ComputeMiner.Containers;
using Microsoft.Extensions.Logging.Abstractions;

namespace ComputeMiner.Tests.Containers;

/// <summary>A container that is kept ahead, on the machine's Docker Engine: what is in it, who gets in, what is left of it.</summary>
[Collection(DockerCollection.Name)]
public sealed class WarmContainersOnDockerTests(DockerFixture docker) : IAsyncDisposable
{
    readonly WarmContainers _warm = new(docker.Engine, docker.Settings, NullLogger<WarmContainers>.Instance);

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _warm.DisposeAsync();
        await docker.RemoveAllAsync();
    }

    [Fact]
    public async Task PrepareAsync_Spare_HoldsNoSecretAndLetsNobodyIn()
    {
        var spare = await PreparedAsync();

        Assert.Equal("", await InAsync(spare, "ls /etc/ssh/ssh_host_* /root/.ssh/authorized_keys /var/lib/rental 2>/dev/null || true"));
        Assert.StartsWith("root:*:", await InAsync(spare, "grep ^root: /etc/shadow"), StringComparison.Ordinal);
        Assert.Equal("0\n", await InAsync(spare, "cat /proc/[0-9]*/comm | grep -c sshd || true"));
        using var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Assert.Equal(0, await KnockAsync(stranger));
    }

    [Fact]
    public async Task CreateAsync_Spare_HasTheProfileOfAnyRental()
    {
        await PreparedAsync();
        const string Format = "{{json .HostConfig}} {{json .Config.Cmd}} {{.Config.User}} {{.Config.Hostname}} {{.Image}}";
        var first = await docker.Engine.CreateAsync(Spec() with { Name = docker.Settings.TestName }, Cancellation);
        var second = await _warm.CreateAsync(Spec(), Cancellation);

        Assert.Equal(await ProfileAsync(first), await ProfileAsync(second));

        // Each has a disk of its own, named at random.
        static async Task<string> ProfileAsync(string id) =>
            Regex.Replace(await HostCommand.RunAsync("docker", ["inspect", "--format", Format, id]), "/[0-9a-f]{16}/etc/", "/disk/etc/");
    }

    /// <summary>Labels of the container itself still say "spare": what belongs to the rental is written beside it.</summary>
    [Fact]
    public async Task CreateAsync_Assigned_AnotherProcessReadsWhoseItIsAndNothingIsLeftAfterwards()
    {
        await PreparedAsync();
        var wanted = Spec();
        var id = await _warm.CreateAsync(wanted, Cancellation);
        await _warm.DeliverAsync(id, SshAccess.Create(null).ToFiles(docker.Image), Cancellation);
        await _warm.WaitForSshAsync(id, docker.Settings.SshPort, Cancellation);

        using (var another = new DockerEngine(docker.Settings, TimeProvider.System, NullLoggerFactory.Instance))
        {
            Assert.Equal(
                new ContainerRecord(id, wanted.Name, ContainerState.Running, wanted.Labels), Assert.Single(await another.ListAsync(Cancellation)));
            await another.PrepareImageAsync(null, Cancellation);
            Assert.Equal(wanted.Labels, Assert.Single(await another.ListAsync(Cancellation)).Labels);
        }

        Assert.NotEqual("", await VolumesAsync());
        await _warm.RemoveAsync(id, Cancellation);
        Assert.Equal("", await VolumesAsync());
    }

    /// <summary>Somebody removed the container behind the miner's back: what was written beside it goes too.</summary>
    [Fact]
    public async Task PrepareImageAsync_FactsOfAContainerThatIsGone_AreDropped()
    {
        await PreparedAsync();
        var id = await _warm.CreateAsync(Spec(), Cancellation);
        await HostCommand.RunAsync("docker", ["rm", "--force", id]);
        Assert.NotEqual("", await VolumesAsync());

        await docker.Engine.PrepareImageAsync(null, Cancellation);

        Assert.Equal("", await VolumesAsync());
    }

    /// <summary>
    /// Nothing is mounted from where the rental's facts lie, so an operator's <c>docker volume prune</c> takes them. A container with a
    /// tenant's name is nobody's spare then: a miner without its ledger must not take the renter for one.
    /// </summary>
    [Fact]
    public async Task ListAsync_FactsOfARentalPruned_IsUnknownAndNotASpare()
    {
        await PreparedAsync();
        var id = await _warm.CreateAsync(Spec(), Cancellation);
        await HostCommand.RunAsync("docker", ["volume", "rm", .. (await VolumesAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries)]);

        var seen = Assert.Single(await docker.Engine.ListAsync(Cancellation));

        Assert.Equal((id, Spec().Name), (seen.Id, seen.Name));
        Assert.Null(seen.Labels);
    }

    [Fact]
    public async Task CheckAsync_KilledSpare_IsReplaced()
    {
        var spare = await PreparedAsync();
        await HostCommand.RunAsync("docker", ["stop", "--time", "0", spare]);

        await _warm.CheckAsync(Cancellation);
        Assert.True(await _warm.PrepareAsync(() => true));

        Assert.NotEqual(spare, Assert.Single(await docker.Engine.ListAsync(Cancellation)).Id);
        Assert.True(_warm.IsReady);
    }

    async Task<string> PreparedAsync()
    {
        await _warm.PrepareImageAsync(null, Cancellation);
        Assert.True(await _warm.PrepareAsync(() => true));
        return Assert.Single(await docker.Engine.ListAsync(Cancellation)).Id;
    }

    // Bytes that came: none, whether the connection is refused, cut off, or accepted by Docker's proxy and closed then.
    async Task<int> KnockAsync(Socket socket)
    {
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, docker.Settings.SshPort), Cancellation);
            await socket.SendAsync("SSH-2.0-stranger\r\n"u8.ToArray(), Cancellation);
            return await socket.ReceiveAsync(new byte[100], Cancellation);
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    static Task<string> InAsync(string container, string script) => HostCommand.RunAsync("docker", ["exec", container, "sh", "-c", script]);

    static async Task<string> VolumesAsync() => await HostCommand.RunAsync(
        "docker", ["volume", "ls", "--quiet", "--filter", $"label={ContainerLabels.InstanceKey}={DockerFixture.Instance}"]);

    ContainerSpec Spec() => new(
        docker.Settings.RentalName, docker.Image.Id, docker.Settings.SshPort,
        new ContainerLabels("0123456789abcdef", "rental", "owner", "hotkey", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1)));
}
