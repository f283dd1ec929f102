using System.Net.Sockets;
using ComputeMiner.Containers;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ComputeMiner.Tests.Containers;

[Collection(DockerCollection.Name)]
public sealed class EngineArrivalTests : IDisposable
{
    readonly TemporaryDirectory _directory = new();
    readonly FakeTimeProvider _time = new();
    readonly DockerEngine _engine;

    public EngineArrivalTests()
    {
        var settings = new ContainerOptions { Endpoint = new Uri($"unix://{Endpoint}") };
        _engine = new DockerEngine(settings, _time, NullLoggerFactory.Instance);
    }

    string Endpoint => _directory.At("docker.sock");

    public void Dispose()
    {
        _engine.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Wait_EngineHangs_SaysSoAndGoesOnOnceItAnswers()
    {
        var hanging = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        hanging.Bind(new UnixDomainSocketEndPoint(Endpoint));
        hanging.Listen();
        var arrival = new EngineArrival(_engine, _time, NullLogger<EngineArrival>.Instance);

        var waiting = arrival.WaitAsync(TestContext.Current.CancellationToken);
        await UntilAsync(() => arrival.Detail.Contains("did not tell its version within 30 s", StringComparison.Ordinal));
        Assert.Null(arrival.Info);
        hanging.Dispose();
        File.CreateSymbolicLink(Endpoint, "/var/run/docker.sock");
        await UntilAsync(() => waiting.IsCompleted);

        Assert.Same(await waiting, arrival.Info);
        Assert.StartsWith("Docker ", arrival.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wait_NoEngine_FailsAtOnce()
    {
        var arrival = new EngineArrival(_engine, _time, NullLogger<EngineArrival>.Instance);

        var fault = await Assert.ThrowsAsync<ContainerEngineUnavailableException>(() => arrival.WaitAsync(TestContext.Current.CancellationToken));

        Assert.Equal(EngineFault.Unreachable, fault.Fault);
    }

    // Slow enough that an engine that does answer has the time.
    Task UntilAsync(Func<bool> isTrue) => Condition.UntilAsync(() =>
    {
        _time.Advance(TimeSpan.FromMilliseconds(100));
        return isTrue();
    });
}
