namespace ComputeMiner.Demo;

/// <summary>What a step of the demo insists on.</summary>
static class Demand
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <exception cref="InvalidOperationException">The condition does not hold; the message is the complaint.</exception>
    public static void That(bool condition, string complaint)
    {
        if (!condition)
            throw new InvalidOperationException(complaint);
    }

    /// <summary>Asks again until the condition holds.</summary>
    /// <exception cref="InvalidOperationException">It did not within 20 seconds; the message is the complaint.</exception>
    public static Task SoonAsync(Func<Task<bool>> condition, string complaint, CancellationToken cancellation) =>
        WithinAsync(Patience, condition, complaint, cancellation);

    /// <summary>Looks again and again without a pause, for what does not last.</summary>
    /// <exception cref="InvalidOperationException">It did not come within 20 seconds; the message is the complaint.</exception>
    public static async Task WhenAsync(Func<bool> condition, string complaint, CancellationToken cancellation)
    {
        for (var begin = TimeProvider.System.GetTimestamp(); !condition(); await Task.Yield())
        {
            cancellation.ThrowIfCancellationRequested();
            That(TimeProvider.System.GetElapsedTime(begin) < Patience, complaint);
        }
    }

    /// <summary>Asks again until the condition holds.</summary>
    /// <exception cref="InvalidOperationException">It did not within that time; the message is the complaint.</exception>
    public static async Task WithinAsync(TimeSpan patience, Func<Task<bool>> condition, string complaint, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(patience);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        try
        {
            while (!await condition())
                await pause.WaitForNextTickAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new InvalidOperationException(complaint);
        }
    }
}
