using ComputeMiner.Containers;

namespace ComputeMiner.Allocations;

/// <summary>An engine whose every request is told before and after. Only a drill puts it between the allocator and the real one.</summary>
sealed class CrossedEngine(IContainerEngine engine, Crossing crossing) : IContainerEngine
{
    public Task<EngineInfo> ProbeAsync(CancellationToken cancellation) => engine.ProbeAsync(cancellation);

    public Task<PreparedImage> PrepareImageAsync(IProgress<PreparationStep>? progress, CancellationToken cancellation) =>
        engine.PrepareImageAsync(progress, cancellation);

    public Task<string> CreateAsync(ContainerSpec spec, CancellationToken cancellation) =>
        CrossAsync(CrashPoint.Create, () => engine.CreateAsync(spec, cancellation));

    public Task AssignAsync(string id, string name, ContainerLabels labels, CancellationToken cancellation) =>
        CrossAsync(CrashPoint.Assign, () => engine.AssignAsync(id, name, labels, cancellation));

    public Task DeliverAsync(string id, IReadOnlyList<DeliveredFile> files, CancellationToken cancellation) =>
        CrossAsync(CrashPoint.Deliver, () => engine.DeliverAsync(id, files, cancellation));

    public Task ReplaceFileAsync(string id, DeliveredFile file, CancellationToken cancellation) =>
        CrossAsync(CrashPoint.ReplaceFile, () => engine.ReplaceFileAsync(id, file, cancellation));

    public Task<ResourceLimits> ReadLimitsAsync(CancellationToken cancellation) => engine.ReadLimitsAsync(cancellation);

    public Task PublishAsync(string id, IReadOnlyList<DeliveredFile> files, CancellationToken cancellation) => engine.PublishAsync(id, files, cancellation);

    public Task TellAsync(string id, string text, CancellationToken cancellation) => engine.TellAsync(id, text, cancellation);

    public Task<byte[]?> ReadFileAsync(string id, string path, CancellationToken cancellation) =>
        CrossAsync(CrashPoint.ReadFile, () => engine.ReadFileAsync(id, path, cancellation));

    public Task StartAsync(string id, CancellationToken cancellation) => CrossAsync(CrashPoint.Start, () => engine.StartAsync(id, cancellation));

    public Task PauseAsync(string id, CancellationToken cancellation) => CrossAsync(CrashPoint.Pause, () => engine.PauseAsync(id, cancellation));

    public Task ResumeAsync(string id, CancellationToken cancellation) => CrossAsync(CrashPoint.Resume, () => engine.ResumeAsync(id, cancellation));

    public Task RestartAsync(string id, CancellationToken cancellation) => CrossAsync(CrashPoint.Restart, () => engine.RestartAsync(id, cancellation));

    public Task RemoveAsync(string id, CancellationToken cancellation) => CrossAsync(CrashPoint.Remove, () => engine.RemoveAsync(id, cancellation));

    public Task<IReadOnlyList<ContainerRecord>> ListAsync(CancellationToken cancellation) =>
        CrossAsync(CrashPoint.List, () => engine.ListAsync(cancellation));

    public Task<string> WaitForSshAsync(string id, int port, CancellationToken cancellation) =>
        CrossAsync(CrashPoint.WaitForSsh, () => engine.WaitForSshAsync(id, port, cancellation));

    async Task<T> CrossAsync<T>(CrashPoint point, Func<Task<T>> request)
    {
        crossing(point, after: false);
        var result = await request();
        crossing(point, after: true);
        return result;
    }

    Task<bool> CrossAsync(CrashPoint point, Func<Task> request) => CrossAsync(point, async () =>
    {
        await request();
        return true;
    });
}
