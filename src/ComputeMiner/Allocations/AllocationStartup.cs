using ComputeMiner.Containers;

namespace ComputeMiner.Allocations;

/// <summary>
/// Brings the allocator to where it can deliver: ledger and containers compared, then the renters' image there. Runs beside the
/// axon, which answers "not free" until then; a failure is said and tried again. Does it again when a container did not come up.
/// </summary>
sealed partial class AllocationStartup(
    IContainerEngine engine, Allocator allocator, AllocationReconciler reconciler, TimeProvider time, ILogger<AllocationStartup> logger)
    : BackgroundService
{
    static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);
    static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    volatile string _progress = "starting";

    /// <summary>Ledger and containers were compared: it is known who has the machine.</summary>
    public bool IsRestored => allocator.IsRestored;

    /// <summary>What is being done, for the status.</summary>
    public string Progress => _progress;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            if (!allocator.IsRestored)
                await UntilItWorksAsync("compare ledger and containers", token => allocator.RestoreAsync(reconciler, token), stoppingToken);
            await UntilItWorksAsync("prepare the container image", PrepareImageAsync, stoppingToken);
            // Found meanwhile in a container of ours that nobody knows: whose the machine is comes before what it is handed out with.
            if (!allocator.IsRestored)
                continue;
            _progress = "ready";
            Log.Ready(logger);
            ProgramPages.GiveBack();
            await allocator.Doubted.WaitAsync(stoppingToken);
        }
    }

    async Task PrepareImageAsync(CancellationToken cancellation)
    {
        var progress = new ImageProgress(this);
        allocator.UseImage(await engine.PrepareImageAsync(progress, cancellation));
    }

    void LogImageStep(PreparationStep step) => Log.ImageStep(logger, step.Percent, step.Text);

    async Task UntilItWorksAsync(string what, Func<CancellationToken, Task> step, CancellationToken cancellation)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                _progress = what;
                await step(cancellation);
                return;
            }
            catch (Exception fault) when (fault is ContainerEngineException or LedgerException)
            {
                _progress = $"could not {what}: {fault.Message}";
                Log.StepFailed(logger, what, fault.Message, pause.TotalSeconds);
            }
            await Task.Delay(pause, time, cancellation);
        }
    }

    /// <summary>Shows each step as it comes; a <see cref="Progress{T}"/> would hand them to the pool out of order.</summary>
    sealed class ImageProgress(AllocationStartup owner) : IProgress<PreparationStep>
    {
        int _shown = -1;

        public void Report(PreparationStep value)
        {
            owner._progress = $"container image {value.Percent} %: {value.Text}";
            // A line per tenth: a pull reports hundreds of steps.
            if (value.Percent / 10 == _shown)
                return;
            _shown = value.Percent / 10;
            owner.LogImageStep(value);
        }
    }

    static partial class Log
    {
        [LoggerMessage(2050, LogLevel.Information, "Ready to deliver")]
        public static partial void Ready(ILogger logger);

        [LoggerMessage(2051, LogLevel.Error, "Could not {What}: {Reason} Next try in {Seconds} s.")]
        public static partial void StepFailed(ILogger logger, string what, string reason, double seconds);

        [LoggerMessage(2052, LogLevel.Information, "Container image {Percent} %: {Text}")]
        public static partial void ImageStep(ILogger logger, int percent, string text);
    }
}
