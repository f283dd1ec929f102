using Microsoft.Extensions.Hosting;

namespace ComputeMiner.Tests;

public sealed class ServiceWatchTests
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task RunAsync_ServiceFaults_EndsWithItsFault()
    {
        using var lasting = new ScriptedService(token => Task.FromException(new InvalidDataException("broken")));

        await Assert.ThrowsAsync<InvalidDataException>(() => WatchAsync(lasting, CancellationToken.None));
    }

    /// <summary>A cancellation nobody asked for is a failure like any other; it must not look like a stop.</summary>
    [Fact]
    public async Task RunAsync_ServiceIsCancelledWithoutAStop_EndsAndNamesIt()
    {
        using var lasting = new ScriptedService(async token =>
        {
            await Task.Yield();
            throw new TaskCanceledException();
        });

        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => WatchAsync(lasting, CancellationToken.None));

        Assert.Contains(nameof(ScriptedService), fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_LastingServiceReturns_EndsAndNamesIt()
    {
        using var lasting = new ScriptedService(_ => Task.CompletedTask);

        await Assert.ThrowsAsync<InvalidOperationException>(() => WatchAsync(lasting, CancellationToken.None));
    }

    [Fact]
    public async Task RunAsync_Stop_StopsTheServicesAndReturns()
    {
        using var stop = new CancellationTokenSource();
        using var lasting = UntilStopped();
        var running = WatchAsync(lasting, stop.Token);

        Assert.False(running.IsCompleted);
        await stop.CancelAsync();

        Assert.True(await running.WaitAsync(Patience, TestContext.Current.CancellationToken));
        Assert.True(lasting.ExecuteTask!.IsCompleted);
    }

    [Fact]
    public async Task RunAsync_ServiceDoesNotStop_IsLeftAfterThePatience()
    {
        using var stop = new CancellationTokenSource();
        var never = new TaskCompletionSource();
        using var lasting = new ScriptedService(_ => never.Task);
        var running = new ServiceWatch([lasting], TimeSpan.FromMilliseconds(50)).RunAsync(() => { }, stop.Token);
        await lasting.Started.WaitAsync(Patience, TestContext.Current.CancellationToken);

        await stop.CancelAsync();
        await running.WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.False(lasting.ExecuteTask!.IsCompleted);
        never.SetResult();
    }

    /// <summary>Runs beside a service that lasts. True when the stop was announced.</summary>
    static async Task<bool> WatchAsync(ScriptedService lasting, CancellationToken stop)
    {
        var announced = false;
        using var other = UntilStopped();
        await new ServiceWatch([other, lasting], Patience).RunAsync(() => announced = true, stop);
        return announced;
    }

    /// <summary>A service as they all are: it ends when it is stopped, and never before.</summary>
    static ScriptedService UntilStopped() => new(token => Task.Delay(Timeout.Infinite, token));

    sealed class ScriptedService(Func<CancellationToken, Task> work) : BackgroundService
    {
        readonly TaskCompletionSource _started = new();

        public Task Started => _started.Task;

        protected override Task ExecuteAsync(CancellationToken stoppingToken)
        {
            _started.SetResult();
            return work(stoppingToken);
        }
    }
}
