using System.Net.Sockets;
using System.Text.Json;
using ComputeMiner.Containers;
using Microsoft.Extensions.Logging.Abstractions;

namespace ComputeMiner.Tests.Containers;

[Collection(DockerCollection.Name)]
public sealed class DockerEngineTests(DockerFixture docker) : ContainerEngineContract, IAsyncDisposable
{
    private protected override IContainerEngine Engine => docker.Engine;

    private protected override string Image => docker.Image.Id;

    private protected override ushort Port => docker.Settings.SshPort;

    public async ValueTask DisposeAsync() => await docker.RemoveAllAsync();

    [Fact]
    public async Task ProbeAsync_ThisMachine_TellsItsSize()
    {
        var info = await docker.Engine.ProbeAsync(Cancellation);

        Assert.Equal(Environment.ProcessorCount, info.Cpus);
        Assert.InRange(info.Memory, 1L << 29, long.MaxValue);
    }

    [Fact]
    public async Task ProbeAsync_NoSocket_SaysWhatToInstall()
    {
        var settings = new ContainerOptions { Endpoint = new Uri("unix:///tmp/no-such-docker.sock") };
        using var engine = new DockerEngine(settings, TimeProvider.System, NullLoggerFactory.Instance);

        var fault = await Assert.ThrowsAsync<ContainerEngineUnavailableException>(() => engine.ProbeAsync(Cancellation));

        Assert.Equal(EngineFault.Unreachable, fault.Fault);
        Assert.Contains("apt-get install docker.io", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unavailable_SocketDenied_NamesTheGroup()
    {
        var denied = new HttpRequestException("x", new SocketException((int)SocketError.AccessDenied));

        var fault = DockerErrors.Unavailable(new Uri("unix:///var/run/docker.sock"), denied);

        Assert.Equal(EngineFault.PermissionDenied, fault.Fault);
        Assert.Contains("usermod -aG docker", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("19.03.15", "1.40")]
    [InlineData("dev", "")]
    public void RequireVersion_Older_IsRefused(string engine, string api)
    {
        var fault = Assert.Throws<ContainerEngineUnavailableException>(() => DockerErrors.RequireVersion(engine, api));

        Assert.Equal(EngineFault.TooOld, fault.Fault);
    }

    [Fact]
    public async Task CreateAsync_OneOfTheNameIsBeingMade_ComesAfterIt()
    {
        // As when the answer was lost and the engine is still at it: the name is taken, and nobody finds it.
        var spec = Spec("twice");
        using var api = new DockerApi("/var/run/docker.sock");
        var body = JsonSerializer.Serialize(new { Image, Labels = new Dictionary<string, string> { [ContainerLabels.InstanceKey] = docker.Settings.Instance }, Cmd = "true" });
        var before = api.PostAsync($"containers/create?name={spec.Name}", body);

        var id = await docker.Engine.CreateAsync(spec, Cancellation);

        Assert.Equal(id, Assert.Single(await docker.Engine.ListAsync(Cancellation)).Id);
        await before.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    [Fact]
    public async Task CreateAsync_NameOfAnothersContainer_ThrowsAndItStays()
    {
        var spec = Spec("foreign");
        await HostCommand.RunAsync("docker", ["create", "--name", spec.Name, docker.Image.Id, "true"]);
        try
        {
            await Assert.ThrowsAsync<ContainerEngineException>(() => docker.Engine.CreateAsync(spec, Cancellation));

            Assert.Equal("created", (await HostCommand.RunAsync("docker", ["inspect", "--format", "{{.State.Status}}", spec.Name])).Trim());
        }
        finally
        {
            await HostCommand.RunAsync("docker", ["rm", spec.Name]);
        }
    }

    [Fact]
    public async Task CreateAsync_Profile_HoldsTheTenantIn()
    {
        var id = await docker.Engine.CreateAsync(Spec("profile"), Cancellation);

        using var document = JsonDocument.Parse(await HostCommand.RunAsync("docker", ["inspect", id]));
        var host = document.RootElement[0].GetProperty("HostConfig");

        Assert.Equal(["ALL"], host.GetProperty("CapDrop").EnumerateArray().Select(each => each.GetString()!));
        Assert.DoesNotContain(host.GetProperty("CapAdd").EnumerateArray(), each => each.GetString() is "SYS_ADMIN" or "NET_RAW" or "MKNOD" or "NET_ADMIN" or "SYS_PTRACE");
        Assert.Equal(["no-new-privileges"], host.GetProperty("SecurityOpt").EnumerateArray().Select(each => each.GetString()!));
        Assert.False(host.GetProperty("Privileged").GetBoolean());
        Assert.Equal(host.GetProperty("Memory").GetInt64(), host.GetProperty("MemorySwap").GetInt64());
        Assert.InRange(host.GetProperty("ShmSize").GetInt64(), 1L << 27, host.GetProperty("Memory").GetInt64() / 2);
        Assert.Equal(4096, host.GetProperty("PidsLimit").GetInt64());
        Assert.Equal("unless-stopped", host.GetProperty("RestartPolicy").GetProperty("Name").GetString());
        Assert.Equal("10m", host.GetProperty("LogConfig").GetProperty("Config").GetProperty("max-size").GetString());
        Assert.Equal(docker.Settings.Network, host.GetProperty("NetworkMode").GetString());
        Assert.Equal("SIGKILL", document.RootElement[0].GetProperty("Config").GetProperty("StopSignal").GetString());
    }

    [Fact]
    public async Task RemoveAsync_ForeignContainer_IsLeftAlone()
    {
        var foreign = (await HostCommand.RunAsync("docker", ["create", docker.Image.Id, "/bin/true"])).Trim();
        try
        {
            await Assert.ThrowsAsync<ContainerEngineException>(() => docker.Engine.RemoveAsync(foreign, Cancellation));

            Assert.DoesNotContain(await docker.Engine.ListAsync(Cancellation), each => each.Id == foreign);
            Assert.Equal("created", (await HostCommand.RunAsync("docker", ["inspect", "--format", "{{.State.Status}}", foreign])).Trim());
        }
        finally
        {
            await HostCommand.RunAsync("docker", ["rm", foreign]);
        }
    }

    [Fact]
    public async Task WaitForSshAsync_ContainerEnds_SaysSoInsteadOfWaiting()
    {
        // Without host keys sshd refuses to start.
        var id = await docker.Engine.CreateAsync(Spec("dies"), Cancellation);
        await docker.Engine.StartAsync(id, Cancellation);
        await docker.Engine.DeliverAsync(id, [DeliveredFile.Text("/etc/ssh/sshd_config", "NoSuchOption yes\n", DeliveredFile.Private)], Cancellation);

        await Assert.ThrowsAsync<ContainerStartException>(() => docker.Engine.WaitForSshAsync(id, Port, Cancellation));
    }

    private protected override IReadOnlyList<DeliveredFile> AccessFiles() => SshAccess.Create(null).ToFiles(docker.Image);
}
