using ComputeMiner.Containers;

namespace ComputeMiner.Tests.Containers;

public sealed class PortProxyTests : IDisposable
{
    // As /proc shows one of Docker 20.10.24.
    const string Proxy = "/usr/sbin/docker-proxy\0-proto\0tcp\0-host-ip\00.0.0.0\0-host-port\04444\0-container-ip\0172.18.0.3\0-container-port\022\0";

    readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void TryRead_Proxy_TellsWhoseItIs() => Assert.Equal(new PortProxy(777, 633, "172.18.0.3"), PortProxy.TryRead(Process("777", Proxy), 4444));

    [Theory]
    [InlineData("777", "/usr/sbin/docker-proxy\0-host-port\044\0-container-ip\0172.18.0.3\0")]
    [InlineData("777", "/usr/bin/dockerd\0-host-port\04444\0-container-ip\0172.18.0.3\0")]
    [InlineData("777", "docker-proxy\0-host-port\04444\0-container-ip")]
    [InlineData("777", "docker-proxy\0-host-port")]
    [InlineData("777", "")]
    [InlineData("self", Proxy)]
    public void TryRead_SomethingElse_IsNone(string name, string commandLine) => Assert.Null(PortProxy.TryRead(Process(name, commandLine), 4444));

    [Fact]
    public void TryRead_Over_IsNone() => Assert.Null(PortProxy.TryRead(_directory.At("778"), 4444));

    string Process(string name, string commandLine)
    {
        var directory = Directory.CreateDirectory(_directory.At(name)).FullName;
        File.WriteAllText(Path.Combine(directory, "cmdline"), commandLine);
        // A process may choose its name.
        File.WriteAllText(Path.Combine(directory, "stat"), "777 (docker) S 1 () S 633 777 777 0 -1");
        return directory;
    }
}
