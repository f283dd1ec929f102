namespace ComputeMiner;

/// <summary>Services that can begin only when something is there that may keep others waiting; those beside them run meanwhile.</summary>
/// <param name="prepare">Waits for it, and tells the services in the order in which they start and stop.</param>
/// <param name="patience">How long all of them together may take to stop.</param>
sealed class LateServices(Func<CancellationToken, Task<IReadOnlyList<BackgroundService>>> prepare, TimeSpan patience) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var services = await prepare(stoppingToken);
        await new ServiceWatch(services, patience).RunAsync(static () => { }, stoppingToken);
    }
}
