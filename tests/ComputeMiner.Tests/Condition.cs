namespace ComputeMiner.Tests;

static class Condition
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Looks every millisecond; a wait that never comes true fails the test.</summary>
    public static async Task UntilAsync(Func<bool> isTrue)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        while (!isTrue())
            await timer.WaitForNextTickAsync(limit.Token);
    }
}
