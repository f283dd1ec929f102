using ComputeMiner.Tests.Gpus;

namespace ComputeMiner.Tests.Containers;

/// <summary>Which GPUs a container gets, as the engine's own GPU hook is asked for them.</summary>
public sealed class GpuRequestTests(PrivateDocker docker) : PrivateEngineBed(docker, "gpu-tests")
{
    [Fact]
    public async Task CreateAsync_ChosenGpus_AreAskedForByUuidAtEveryStart()
    {
        const string asked = $"{FakeGpus.Second},{FakeGpus.First}";
        var before = Docker.GpuRequests.Length;
        var id = await StartAsync("chosen", FakeGpus.Second, FakeGpus.First);

        Assert.Equal($"{asked}\n", await Docker.RunAsync("exec", id, "nvidia-smi"));
        await Engine.RestartAsync(id, Cancellation);
        await Docker.StopAsync();
        await Docker.StartAsync();
        await Engine.StartAsync(id, Cancellation);

        Assert.Equal($"{asked}\n", await Docker.RunAsync("exec", id, "nvidia-smi"));
        var requests = Docker.GpuRequests[before..];
        Assert.InRange(requests.Length, 2, 3);
        Assert.All(requests, request => Assert.Equal($"prestart {asked}", request));
    }

    [Fact]
    public async Task CreateAsync_NoGpus_AsksForNone()
    {
        var before = Docker.GpuRequests.Length;

        var id = await StartAsync("none");

        Assert.Equal(before, Docker.GpuRequests.Length);
        Assert.DoesNotContain("NVIDIA", await Docker.RunAsync("inspect", id), StringComparison.Ordinal);
    }

    async Task<string> StartAsync(string name, params string[] gpus)
    {
        await Engine.PrepareImageAsync(null, Cancellation);
        Settings.Gpus = gpus;
        return await StartAsync(name, Settings.SshPort);
    }
}
