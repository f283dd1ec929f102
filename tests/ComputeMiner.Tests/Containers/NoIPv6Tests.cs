namespace ComputeMiner.Tests.Containers;

/// <summary>An engine on a host that has no IPv6.</summary>
public sealed class NoIPv6Tests(PrivateDocker docker) : PrivateEngineBed(docker, "noipv6-tests")
{
    public override async ValueTask InitializeAsync()
    {
        await SetIPv6Async(disabled: true);
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await SetIPv6Async(disabled: false);
    }

    [Fact]
    public async Task StartAsync_HostWithoutIPv6_PublishesOverIPv4Alone()
    {
        await Engine.PrepareImageAsync(null, Cancellation);

        var id = await StartAsync("one");

        Assert.Equal($"22/tcp -> 0.0.0.0:{Settings.SshPort}\n", await Docker.RunAsync("port", id));
    }

    async Task SetIPv6Async(bool disabled)
    {
        foreach (var part in (string[])["all", "default", "lo"])
            await Docker.Host.RunAsync("sh", "-c", $"echo {(disabled ? 1 : 0)} > /proc/sys/net/ipv6/conf/{part}/disable_ipv6");
    }
}
