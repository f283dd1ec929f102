namespace ComputeMiner.Allocations;

/// <summary>
/// Ends what is over by the clock and looks after the container meanwhile. A period instead of one long timer: a clock that jumps is
/// noticed at the next round.
/// </summary>
sealed class AllocationExpiry(Allocator allocator, AllocationReconciler reconciler, AllocationOptions options, TimeProvider time) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.TendInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await allocator.TendAsync(reconciler, stoppingToken);
    }
}
