using ComputeMiner.Containers;
using Microsoft.Extensions.Logging.Abstractions;

namespace ComputeMiner.Tests.Containers;

/// <summary>An engine on a host that has no IPv6.</summary>
[Collection(PrivateDockerCollection.Name)]
public sealed class NoIPv6Tests(PrivateDocker docker) : IAsyncLifetime
{
    readonly ContainerOptions _settings = new() { Instance = "noipv6-tests", Endpoint = docker.Endpoint, Network = "noipv6-tests", SshPort = 4446 };

    DockerEngine _engine = null!;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await SetIPv6Async(disabled: true);
        _engine = new DockerEngine(_settings, TimeProvider.System, NullLoggerFactory.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var each in await _engine.ListAsync(CancellationToken.None))
            await _engine.RemoveAsync(each.Id, CancellationToken.None);
        await _engine.RemoveNetworkAsync(CancellationToken.None);
        _engine.Dispose();
        await SetIPv6Async(disabled: false);
    }

    [Fact]
    public async Task StartAsync_HostWithoutIPv6_PublishesOverIPv4Alone()
    {
        await _engine.PrepareImageAsync(null, Cancellation);
        var start = DateTimeOffset.UnixEpoch;
        var labels = new ContainerLabels("0123456789abcdef", "rental", "owner", "hotkey", start, start);

        var id = await _engine.CreateAsync(new ContainerSpec(_settings.RentalName, docker.Image.Id, _settings.SshPort, labels), Cancellation);
        await _engine.StartAsync(id, Cancellation);

        Assert.Equal("22/tcp -> 0.0.0.0:4446\n", await docker.RunAsync("port", id));
    }

    async Task SetIPv6Async(bool disabled)
    {
        foreach (var part in (string[])["all", "default", "lo"])
            await docker.Host.RunAsync("sh", "-c", $"echo {(disabled ? 1 : 0)} > /proc/sys/net/ipv6/conf/{part}/disable_ipv6");
    }
}
