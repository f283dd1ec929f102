using ComputeMiner.Containers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ComputeMiner.Tests.Containers;

/// <summary>The product's engine on a private Docker; what it made is removed after each test.</summary>
[Collection(PrivateDockerCollection.Name)]
public abstract class PrivateEngineBed(PrivateDocker docker, string name) : IAsyncLifetime
{
    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected PrivateDocker Docker => docker;

    private protected ContainerOptions Settings { get; } = new()
    {
        Instance = name,
        Endpoint = docker.Endpoint,
        Network = name,
        SshPort = FreePort.Next(),
    };

    private protected DockerEngine Engine { get; private set; } = null!;

    private protected virtual ILoggerFactory Loggers => NullLoggerFactory.Instance;

    public virtual ValueTask InitializeAsync()
    {
        Engine = new DockerEngine(Settings, TimeProvider.System, Loggers);
        return ValueTask.CompletedTask;
    }

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var each in await Engine.ListAsync(CancellationToken.None))
            await Engine.RemoveAsync(each.Id, CancellationToken.None);
        await Engine.RemoveNetworkAsync(CancellationToken.None);
        Engine.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts a rental's container with its SSH keys, the image prepared before.</summary>
    private protected async Task<string> StartAsync(string rental, int? port = null)
    {
        var start = DateTimeOffset.UnixEpoch;
        var labels = new ContainerLabels("0123456789abcdef", "rental", "owner", "hotkey", start, start);
        var id = await Engine.CreateAsync(new ContainerSpec(rental, docker.Image.Id, port ?? Settings.SshPort, labels), Cancellation);
        await Engine.StartAsync(id, Cancellation);
        await Engine.DeliverAsync(id, SshAccess.Create(null).ToFiles(docker.Image), Cancellation);
        return id;
    }
}
