using System.Net;
using System.Net.Sockets;
using ComputeMiner.Containers;

namespace ComputeMiner.Tests.Containers;

/// <summary>What others do to the machine while the miner runs: taken names and ports, pruned networks.</summary>
[Collection(DockerCollection.Name)]
public sealed class DockerSiteTests(DockerFixture docker) : IAsyncDisposable
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync() => await docker.RemoveAllAsync();

    [Fact]
    public async Task PrepareImageAsync_NameTakenByAStranger_SaysSoAndLeavesItAlone()
    {
        var name = docker.Settings.RentalName;
        await HostCommand.RunAsync("docker", ["create", "--name", name, docker.Image.Id, "/bin/true"]);
        try
        {
            var fault = await Assert.ThrowsAsync<ContainerEngineException>(() => docker.Engine.PrepareImageAsync(null, Cancellation));

            Assert.Contains($"docker rename {name}", fault.Message, StringComparison.Ordinal);
        }
        finally
        {
            await HostCommand.RunAsync("docker", ["rm", name]);
        }
        Assert.NotNull(await docker.Engine.PrepareImageAsync(null, Cancellation));
    }

    [Fact]
    public async Task PrepareImageAsync_PortTakenByAStranger_SaysWhich()
    {
        using (var stranger = new TcpListener(IPAddress.Any, docker.Settings.SshPort))
        {
            stranger.Start();

            var fault = await Assert.ThrowsAsync<ContainerEngineException>(() => docker.Engine.PrepareImageAsync(null, Cancellation));

            Assert.Contains($"port {docker.Settings.SshPort}", fault.Message, StringComparison.Ordinal);
        }
        Assert.NotNull(await docker.Engine.PrepareImageAsync(null, Cancellation));
    }

    [Fact]
    public async Task PrepareImageAsync_PortTakenByOurRental_IsNoFault()
    {
        var id = await StartAsync();

        Assert.NotNull(await docker.Engine.PrepareImageAsync(null, Cancellation));

        Assert.Equal(id, Assert.Single(await docker.Engine.ListAsync(Cancellation)).Id);
    }

    [Fact]
    public async Task PrepareImageAsync_NetworkPruned_MakesItAgain()
    {
        await HostCommand.RunAsync("docker", ["network", "rm", docker.Settings.Network]);

        await docker.Engine.PrepareImageAsync(null, Cancellation);

        await StartAsync();
    }

    [Fact]
    public async Task PrepareImageAsync_ProbeThatACrashLeft_IsRemoved()
    {
        var probe = (await HostCommand.RunAsync("docker",
        [
            "create", "--label", $"{ContainerLabels.InstanceKey}={docker.Settings.Instance}",
            "--label", $"{ContainerLabels.KindKey}={ContainerLabels.ProbeKind}", docker.Image.Id, "/bin/true",
        ])).Trim();

        await docker.Engine.PrepareImageAsync(null, Cancellation);

        Assert.NotEqual(0, (await HostCommand.TryRunAsync("docker", ["inspect", probe])).Code);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("truncate -s 1T /root/file")]
    [InlineData("ln -s /etc/shadow /root/file")]
    [InlineData("mkfifo /root/file")]
    [InlineData("mkdir /root/file")]
    public async Task ReadFileAsync_WhatATenantMayPutThere_IsRefusedAndNotFollowed(string trick)
    {
        var id = await StartAsync();
        await HostCommand.RunAsync("docker", ["exec", id, "sh", "-c", trick]);

        await Assert.ThrowsAsync<ContainerEngineException>(() => docker.Engine.ReadFileAsync(id, "/root/file", TestContext.Current.CancellationToken));

        // The engine serves the container on: nothing of the unread rest is left under way.
        await docker.Engine.PauseAsync(id, Cancellation);
        await docker.Engine.RemoveAsync(id, Cancellation);
    }

    [Fact]
    public async Task ReplaceFileAsync_DirectoryIsALinkElsewhere_StaysInsideTheContainer()
    {
        var id = await StartAsync();
        var elsewhere = $"/tmp/{Guid.NewGuid():N}";
        await HostCommand.RunAsync(
            "docker", ["exec", id, "sh", "-c", $"mkdir {elsewhere}; mv /root /root2; ln -s ../../../../../../../..{elsewhere} /root"]);

        await docker.Engine.ReplaceFileAsync(id, DeliveredFile.Text(AuthorizedKeys.Path, "key\n", DeliveredFile.Private), Cancellation);

        Assert.False(Directory.Exists(elsewhere));
        Assert.Equal("key\n", await HostCommand.RunAsync("docker", ["exec", id, "cat", $"{elsewhere}/.ssh/authorized_keys"]));
    }

    async Task<string> StartAsync()
    {
        var start = DateTimeOffset.UnixEpoch;
        var labels = new ContainerLabels("0123456789abcdef", "rental", "owner", "hotkey", start, start);
        var id = await docker.Engine.CreateAsync(new ContainerSpec(docker.Settings.RentalName, docker.Image.Id, docker.Settings.SshPort, labels), Cancellation);
        await docker.Engine.StartAsync(id, Cancellation);
        await docker.Engine.DeliverAsync(id, SshAccess.Create(null).ToFiles(docker.Image), Cancellation);
        return id;
    }
}
