using ComputeMiner.Containers;

namespace ComputeMiner.Allocations;

/// <summary>Keeps a container ahead of the next tenant whenever the machine could be handed out.</summary>
sealed class SpareKeeper(WarmContainers warm, Allocator allocator, AllocationOptions options, TimeProvider time) : BackgroundService
{
    static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMinutes(1);

    volatile TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        allocator.Changed += Wake;
        try
        {
            while (true)
            {
                var changed = _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                var pause = await RoundAsync(stoppingToken) ? options.TendInterval : PauseAfterFailure;
                using var round = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                await Task.WhenAny(changed.Task, Task.Delay(pause, time, round.Token));
                await round.CancelAsync();
                stoppingToken.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            allocator.Changed -= Wake;
        }
    }

    // False when one was wanted and could not be had.
    async Task<bool> RoundAsync(CancellationToken cancellation)
    {
        try
        {
            if (allocator.Drain is { IsOn: true })
                await warm.DropAsync();
            await warm.CheckAsync(cancellation);
            return await warm.PrepareAsync(() => allocator.IsFree);
        }
        catch (ContainerEngineException)
        {
            // The engine is away; whoever looks after the rentals says so.
            return false;
        }
    }

    void Wake(AllocationSnapshot snapshot) => _changed.TrySetResult();
}
