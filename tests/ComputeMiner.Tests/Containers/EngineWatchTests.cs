using System.Net.Sockets;
using ComputeMiner.Containers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ComputeMiner.Tests.Containers;

[Collection(DockerCollection.Name)]
public sealed class EngineWatchTests : IDisposable
{
    readonly TemporaryDirectory _directory = new();
    readonly FakeTimeProvider _time = new();
    readonly DockerEngine _engine;

    public EngineWatchTests()
    {
        var settings = new ContainerOptions { Endpoint = new Uri($"unix://{Endpoint}") };
        _engine = new DockerEngine(settings, _time, NullLoggerFactory.Instance);
    }

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

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
        using var watch = new EngineWatch(_engine, _time, NullLogger<EngineWatch>.Instance);

        var waiting = watch.WaitAsync(TestContext.Current.CancellationToken);
        await UntilAsync(() => watch.Detail.Contains("did not tell its version within 30 s", StringComparison.Ordinal));
        Assert.Null(watch.Info);
        hanging.Dispose();
        File.CreateSymbolicLink(Endpoint, "/var/run/docker.sock");
        await UntilAsync(() => waiting.IsCompleted);

        Assert.Same(await waiting, watch.Info);
        Assert.StartsWith("Docker ", watch.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wait_NoEngine_FailsAtOnce()
    {
        using var watch = new EngineWatch(_engine, _time, NullLogger<EngineWatch>.Instance);

        var fault = await Assert.ThrowsAsync<ContainerEngineUnavailableException>(() => watch.WaitAsync(TestContext.Current.CancellationToken));

        Assert.Equal(EngineFault.Unreachable, fault.Fault);
    }

    [Fact]
    public async Task Execute_EngineGoesAndComesBack_SaysWhatIsTheCase()
    {
        using var logs = new RecordedLogs();
        using var watch = new EngineWatch(_engine, _time, logs.CreateLogger<EngineWatch>());
        using var relay = new SocketRelay(Endpoint, "/var/run/docker.sock");
        relay.Open();
        await watch.WaitAsync(Cancellation);
        Assert.True(watch.Answers);
        await watch.StartAsync(Cancellation);

        relay.CutAfter(0);
        await UntilAsync(() => !watch.Answers);
        Assert.StartsWith("No Docker Engine answers at", watch.Detail, StringComparison.Ordinal);
        Assert.Contains("journalctl -u docker", watch.Remedy, StringComparison.Ordinal);
        Assert.NotNull(watch.Info);
        relay.Open();
        await UntilAsync(() => watch.Answers);

        Assert.StartsWith("Docker ", watch.Detail, StringComparison.Ordinal);
        await watch.StopAsync(Cancellation);
        Assert.Equal((1, 1), (logs.Count(3062), logs.Count(3063)));
    }

    // Slow enough that an engine that does answer has the time.
    Task UntilAsync(Func<bool> isTrue) => Condition.UntilAsync(() =>
    {
        _time.Advance(TimeSpan.FromMilliseconds(100));
        return isTrue();
    });
}
