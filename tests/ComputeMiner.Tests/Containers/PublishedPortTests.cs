using System.Net;
using System.Net.Sockets;
using System.Text;
using ComputeMiner.Containers;

namespace ComputeMiner.Tests.Containers;

/// <summary>Where a renter's SSH is reached: over every family of addresses that the host has.</summary>
[Collection(DockerCollection.Name)]
public sealed class PublishedPortTests(DockerFixture docker) : IAsyncDisposable
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync() => await docker.RemoveAllAsync();

    [Fact]
    public async Task StartAsync_HostWithIPv6_SshAnswersOverBothFamiliesAlsoAfterARestart()
    {
        var start = DateTimeOffset.UnixEpoch;
        var labels = new ContainerLabels("0123456789abcdef", "rental", "owner", "hotkey", start, start);
        var spec = new ContainerSpec(docker.Settings.RentalName, docker.Image.Id, docker.Settings.SshPort, labels);
        var id = await docker.Engine.CreateAsync(spec, Cancellation);
        await docker.Engine.StartAsync(id, Cancellation);
        await docker.Engine.DeliverAsync(id, SshAccess.Create(null).ToFiles(docker.Image), Cancellation);
        await docker.Engine.WaitForSshAsync(id, spec.SshPort, Cancellation);

        Assert.StartsWith("SSH-2.0-", await GreetingAsync(IPAddress.Loopback), StringComparison.Ordinal);
        Assert.StartsWith("SSH-2.0-", await GreetingAsync(IPAddress.IPv6Loopback), StringComparison.Ordinal);
        await docker.Engine.RestartAsync(id, Cancellation);
        await docker.Engine.WaitForSshAsync(id, spec.SshPort, Cancellation);
        Assert.StartsWith("SSH-2.0-", await GreetingAsync(IPAddress.IPv6Loopback), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PrepareImageAsync_PortTakenOverIPv6Alone_SaysWhich()
    {
        using (var stranger = new TcpListener(IPAddress.IPv6Any, docker.Settings.SshPort))
        {
            stranger.Server.DualMode = false;
            stranger.Start();

            var fault = await Assert.ThrowsAsync<ContainerEngineException>(() => docker.Engine.PrepareImageAsync(null, Cancellation));

            Assert.Contains($"port {docker.Settings.SshPort}", fault.Message, StringComparison.Ordinal);
        }
        Assert.NotNull(await docker.Engine.PrepareImageAsync(null, Cancellation));
    }

    async Task<string> GreetingAsync(IPAddress address)
    {
        using var client = new TcpClient(address.AddressFamily);
        await client.ConnectAsync(address, docker.Settings.SshPort, Cancellation);
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        return await reader.ReadLineAsync(Cancellation) ?? "";
    }
}
