using ComputeMiner.Containers;
using ComputeMiner.Tests.Gpus;
using Microsoft.Extensions.Logging.Abstractions;

namespace ComputeMiner.Tests.Containers;

/// <summary>Which GPUs a container gets, as the engine's own GPU hook is asked for them.</summary>
[Collection(PrivateDockerCollection.Name)]
public sealed class GpuRequestTests(PrivateDocker docker) : IAsyncLifetime
{
    readonly ContainerOptions _settings = new() { Instance = "gpu-tests", Endpoint = docker.Endpoint, Network = "gpu-tests", SshPort = 4445 };

    DockerEngine _engine = null!;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _engine = new DockerEngine(_settings, TimeProvider.System, NullLoggerFactory.Instance);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var each in await _engine.ListAsync(CancellationToken.None))
            await _engine.RemoveAsync(each.Id, CancellationToken.None);
        await _engine.RemoveNetworkAsync(CancellationToken.None);
        _engine.Dispose();
    }

    [Fact]
    public async Task CreateAsync_ChosenGpus_AreAskedForByUuidAtEveryStart()
    {
        const string asked = $"{FakeGpus.Second},{FakeGpus.First}";
        var before = docker.GpuRequests.Length;
        var id = await StartAsync("chosen", FakeGpus.Second, FakeGpus.First);

        Assert.Equal($"{asked}\n", await docker.RunAsync("exec", id, "nvidia-smi"));
        await _engine.RestartAsync(id, Cancellation);
        await docker.StopAsync();
        await docker.StartAsync();
        await _engine.StartAsync(id, Cancellation);

        Assert.Equal($"{asked}\n", await docker.RunAsync("exec", id, "nvidia-smi"));
        var requests = docker.GpuRequests[before..];
        Assert.InRange(requests.Length, 2, 3);
        Assert.All(requests, request => Assert.Equal($"prestart {asked}", request));
    }

    [Fact]
    public async Task CreateAsync_NoGpus_AsksForNone()
    {
        var before = docker.GpuRequests.Length;

        var id = await StartAsync("none");

        Assert.Equal(before, docker.GpuRequests.Length);
        Assert.DoesNotContain("NVIDIA", await docker.RunAsync("inspect", id), StringComparison.Ordinal);
    }

    async Task<string> StartAsync(string name, params string[] gpus)
    {
        await _engine.PrepareImageAsync(null, Cancellation);
        _settings.Gpus = gpus;
        var labels = new ContainerLabels("gpu-test", "rental", "owner", "hotkey", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);
        var id = await _engine.CreateAsync(new ContainerSpec(name, docker.Image.Id, _settings.SshPort, labels), Cancellation);
        await _engine.StartAsync(id, Cancellation);
        await _engine.DeliverAsync(id, SshAccess.Create(null).ToFiles(docker.Image), Cancellation);
        return id;
    }
}
