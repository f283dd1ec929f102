using ComputeMiner.Containers;
using ComputeMiner.Containers.Disks;
using Microsoft.Extensions.Logging.Abstractions;

namespace ComputeMiner.Tests.Containers.Disks;

/// <summary>An engine alone with its disks; what it made is removed after each test.</summary>
[Collection(DockerCollection.Name)]
public abstract class DiskEngineBed(DockerFixture docker, long limit) : IAsyncLifetime
{
    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected DockerFixture Docker => docker;

    private protected ContainerOptions Settings { get; } = new()
    {
        Instance = $"{docker.Settings.Instance}-disks",
        Network = $"{docker.Settings.Network}-disks",
        NamePrefix = docker.Settings.NamePrefix,
        SshPort = docker.Settings.SshPort,
        Disk = DiskRule.Of(limit),
    };

    private protected DockerEngine Engine { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Engine = NewEngine();
        await docker.RemoveAllAsync();
        await Engine.PrepareImageAsync(null, Cancellation);
    }

    public virtual async ValueTask DisposeAsync()
    {
        // A test may have disposed it.
        Engine.Dispose();
        using (var last = NewEngine())
        {
            foreach (var each in await last.ListAsync(CancellationToken.None))
                await last.RemoveAsync(each.Id, CancellationToken.None);
            await last.RemoveNetworkAsync(CancellationToken.None);
        }
        Assert.Empty(DiskBed.Images(Settings));
        GC.SuppressFinalize(this);
    }

    DockerEngine NewEngine() => new(Settings, TimeProvider.System, NullLoggerFactory.Instance);

    private protected static Task<(int Code, string Output, string Errors)> InsideAsync(string id, string script) =>
        HostCommand.TryRunAsync("docker", ["exec", id, "bash", "-c", script]);

    private protected Task<string> StartAsync() => DiskBed.StartAsync(Engine, Settings, docker.Image, Cancellation);
}
