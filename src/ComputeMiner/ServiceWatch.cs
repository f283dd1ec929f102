namespace ComputeMiner;

/// <summary>
/// Runs the background services until the stop. A service that ends before that by itself, in whatever way, takes the program with
/// it: a miner whose chain follower is gone looks healthy and earns nothing, a service manager starts an ended one again.
/// </summary>
/// <param name="services">In the order in which they start and stop.</param>
/// <param name="patience">How long all of them together may take to stop.</param>
sealed class ServiceWatch(IReadOnlyList<BackgroundService> services, TimeSpan patience)
{
    /// <exception cref="InvalidOperationException">A service ended before the stop.</exception>
    public async Task RunAsync(Action stopping, CancellationToken stop)
    {
        foreach (var service in services)
            await service.StartAsync(stop);
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = stop.Register(stopped.SetResult);
        var running = services.ToDictionary(service => service.ExecuteTask!);
        var ended = await Task.WhenAny(running.Keys.Append(stopped.Task));
        if (!stop.IsCancellationRequested)
            await FailAsync(running[ended], ended);
        stopping();
        using var deadline = new CancellationTokenSource(patience);
        foreach (var service in services)
            await service.StopAsync(deadline.Token);
    }

    static async Task FailAsync(BackgroundService service, Task ended)
    {
        // A fault keeps its type, so that what can be said to an operator is said.
        if (ended.IsFaulted)
            await ended;
        throw new InvalidOperationException($"{service.GetType().Name} ended although nobody stopped it.", ended.Exception);
    }
}
