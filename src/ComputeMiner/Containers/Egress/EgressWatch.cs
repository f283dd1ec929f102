namespace ComputeMiner.Containers.Egress;

/// <summary>
/// Looks after the rules while containers run: at each word of the engine about its networks and itself, and every few seconds, because a
/// firewall that is reloaded says nothing to anybody.
/// </summary>
sealed class EgressWatch(DockerEngine engine, TimeProvider time) : BackgroundService
{
    static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await engine.GuardAsync(stoppingToken, Period);
            }
            catch (ContainerEngineException)
            {
                // The guard has said what is wrong with the rules; what is wrong with the engine is said by who needs it.
            }
            await WaitAsync(stoppingToken);
        }
    }

    async Task WaitAsync(CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var period = Task.Delay(Period, time, over.Token);
        var heard = engine.WaitForNetworkEventAsync(over.Token);
        // An engine that is down ends the listening at once: that is nothing heard.
        if (await Task.WhenAny(period, heard) == heard && !heard.IsCompletedSuccessfully)
            await period.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await over.CancelAsync();
        await Task.WhenAll(period, heard).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
