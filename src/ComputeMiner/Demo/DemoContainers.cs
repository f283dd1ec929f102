using ComputeMiner.Containers;

namespace ComputeMiner.Demo;

/// <summary>
/// The containers of the demo's miner. A miner that stops leaves its renter's container running, as it must; a demo that is stopped
/// half-way has to take it along.
/// </summary>
sealed class DemoContainers(ContainerOptions options, ILoggerFactory loggers) : IAsyncDisposable
{
    readonly DockerEngine _engine = new(options, TimeProvider.System, loggers);

    /// <summary>How many somebody has; one that is kept ahead is nobody's.</summary>
    public async Task<int> CountAsync(CancellationToken cancellation) => 
        (await _engine.ListAsync(cancellation)).Count(each => each.Labels is not { IsSpare: true });

    public async ValueTask DisposeAsync()
    {
        foreach (var left in await _engine.ListAsync(CancellationToken.None))
            await _engine.RemoveAsync(left.Id, CancellationToken.None);
        await _engine.RemoveNetworkAsync(CancellationToken.None);
        _engine.Dispose();
    }
}
