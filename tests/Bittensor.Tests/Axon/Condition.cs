namespace Bittensor.Tests.Axon;

static class Condition
{
    /// <summary>Looks every millisecond; the test's own time limit ends a wait that never comes true.</summary>
    public static async Task UntilAsync(Func<bool> isTrue)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        while (!isTrue())
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
    }
}
