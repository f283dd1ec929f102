using System.Collections.Concurrent;

namespace ComputeMiner.Containers;

/// <summary>
/// An engine that keeps one container ahead of its tenant: started, with the published port, nobody's and without a secret (see
/// <see cref="Handover"/>). The next container asked for is that one with a name and labels. Nobody sees it in the list before.
/// </summary>
/// <remarks>One only: two cannot publish the same port. For the same reason one under way is waited for instead of passed by.</remarks>
sealed partial class WarmContainers(IContainerEngine engine, ContainerOptions options, ILogger<WarmContainers> logger) : IContainerEngine, IAsyncDisposable
{
    readonly Lock _turn = new();
    readonly ConcurrentDictionary<string, bool> _left = new();
    volatile PreparedImage? _image;
    volatile Task<Spare?> _spare = Nothing();

    /// <summary>One is there for whoever comes.</summary>
    public bool IsReady => _spare is { IsCompletedSuccessfully: true, Result: not null };

    /// <summary>
    /// Makes one unless it is there, is being made, or <paramref name="wanted"/> says no; returns when all is done. Between the look at
    /// <paramref name="wanted"/> and the begin nobody can take: a container asked for after that waits for this one.
    /// </summary>
    /// <returns>False when it could not be made.</returns>
    public async Task<bool> PrepareAsync(Func<bool> wanted)
    {
        Task<Spare?> spare;
        lock (_turn)
        {
            if (_spare.IsCompleted && !IsReady)
            {
                if (_image is not { } image || !wanted())
                    return true;
                _spare = Task.Run(() => MakeAsync(image.Id));
            }
            spare = _spare;
        }
        return await spare is not null;
    }

    /// <summary>Drops one that ended, so that the next <see cref="PrepareAsync"/> makes another.</summary>
    public async Task CheckAsync(CancellationToken cancellation)
    {
        var seen = _spare;
        if (!seen.IsCompleted || await seen is not { } spare)
            return;
        var containers = await engine.ListAsync(cancellation);
        if (!containers.Any(each => each.Id == spare.Id && each.State == ContainerState.Running))
            await DropAsync(seen);
    }

    /// <summary>Removes what is kept ahead. Whoever asks for a container meanwhile waits until the port is free again.</summary>
    public Task DropAsync() => DropAsync(_spare);

    public Task<EngineInfo> ProbeAsync(CancellationToken cancellation) => engine.ProbeAsync(cancellation);

    public async Task<PreparedImage> PrepareImageAsync(IProgress<PreparationStep>? progress, CancellationToken cancellation)
    {
        // Asked for again when a container did not come up: the network or the image under it may be another one.
        _image = null;
        await DropAsync();
        var image = await engine.PrepareImageAsync(progress, cancellation);
        _image = image;
        return image;
    }

    public async Task<string> CreateAsync(ContainerSpec spec, CancellationToken cancellation)
    {
        var spare = await TakeAsync();
        if (spare is not null && spare.Fits(spec, options))
        {
            try
            {
                await engine.AssignAsync(spare.Id, spec.Name, spec.Labels, cancellation);
                return spare.Id;
            }
            catch (ContainerEngineException fault)
            {
                Log.Useless(logger, fault.Message);
            }
        }
        if (spare is not null)
            _left[spare.Id] = true;
        // One that could not be removed while the engine was away has the port.
        foreach (var id in _left.Keys)
            await RemoveLeftAsync(id);
        return await engine.CreateAsync(spec, cancellation);
    }

    public Task AssignAsync(string id, string name, ContainerLabels labels, CancellationToken cancellation) =>
        engine.AssignAsync(id, name, labels, cancellation);

    public Task DeliverAsync(string id, IReadOnlyList<DeliveredFile> files, CancellationToken cancellation) =>
        engine.DeliverAsync(id, files, cancellation);

    public Task ReplaceFileAsync(string id, DeliveredFile file, CancellationToken cancellation) => engine.ReplaceFileAsync(id, file, cancellation);

    public Task<ResourceLimits> ReadLimitsAsync(CancellationToken cancellation) => engine.ReadLimitsAsync(cancellation);

    public Task PublishAsync(string id, IReadOnlyList<DeliveredFile> files, CancellationToken cancellation) =>
        engine.PublishAsync(id, files, cancellation);

    public Task TellAsync(string id, string text, CancellationToken cancellation) => engine.TellAsync(id, text, cancellation);

    public Task<byte[]?> ReadFileAsync(string id, string path, CancellationToken cancellation) => engine.ReadFileAsync(id, path, cancellation);

    public Task StartAsync(string id, CancellationToken cancellation) => engine.StartAsync(id, cancellation);

    public Task PauseAsync(string id, CancellationToken cancellation) => engine.PauseAsync(id, cancellation);

    public Task ResumeAsync(string id, CancellationToken cancellation) => engine.ResumeAsync(id, cancellation);

    public Task RestartAsync(string id, CancellationToken cancellation) => engine.RestartAsync(id, cancellation);

    public Task RemoveAsync(string id, CancellationToken cancellation) => engine.RemoveAsync(id, cancellation);

    /// <summary>Without what is kept ahead. What an earlier process kept ahead is in it: nobody's, to be removed.</summary>
    public async Task<IReadOnlyList<ContainerRecord>> ListAsync(CancellationToken cancellation)
    {
        var before = _spare;
        var containers = await engine.ListAsync(cancellation);
        return IsSomething(before) || IsSomething(_spare) ? [.. containers.Where(each => each.Labels is not { IsSpare: true })] : containers;
    }

    public Task<string> WaitForSshAsync(string id, int port, CancellationToken cancellation) => engine.WaitForSshAsync(id, port, cancellation);

    public async ValueTask DisposeAsync()
    {
        _image = null;
        await DropAsync();
    }

    static Task<Spare?> Nothing() => Task.FromResult<Spare?>(null);

    static bool IsSomething(Task<Spare?> spare) => !spare.IsCompleted || spare.Result is not null;

    async Task<Spare?> TakeAsync()
    {
        while (true)
        {
            Task<Spare?> spare;
            lock (_turn)
            {
                spare = _spare;
                if (spare.IsCompleted)
                    _spare = Nothing();
            }
            if (spare.IsCompleted)
                return await spare;
            await spare;
        }
    }

    async Task DropAsync(Task<Spare?> seen)
    {
        Task<Spare?> dropped;
        lock (_turn)
        {
            if (_spare != seen || !IsSomething(seen))
                return;
            _spare = dropped = RemoveAsync(seen);
        }
        await dropped;
    }

    async Task<Spare?> RemoveAsync(Task<Spare?> seen)
    {
        await Task.Yield();
        if (await seen is { } spare)
            await TryRemoveAsync(spare.Id);
        return null;
    }

    // Never throws: that there is none costs the next tenant a moment, no more.
    async Task<Spare?> MakeAsync(string image)
    {
        string? id = null;
        try
        {
            foreach (var left in (await engine.ListAsync(CancellationToken.None)).Where(each => each.Labels is { IsSpare: true }))
                await engine.RemoveAsync(left.Id, CancellationToken.None);
            var spare = new Spare("", image, options.SshPort, [.. options.Gpus]);
            id = await engine.CreateAsync(new ContainerSpec(options.SpareName, image, spare.Port, ContainerLabels.Spare), CancellationToken.None);
            await engine.StartAsync(id, CancellationToken.None);
            return spare with { Id = id };
        }
        catch (ContainerEngineException fault)
        {
            Log.NotMade(logger, fault.Message);
            if (id is not null)
                await TryRemoveAsync(id);
            return null;
        }
    }

    async Task RemoveLeftAsync(string id)
    {
        await engine.RemoveAsync(id, CancellationToken.None);
        _left.TryRemove(id, out _);
    }

    async Task TryRemoveAsync(string id)
    {
        try
        {
            _left[id] = true;
            await RemoveLeftAsync(id);
        }
        catch (ContainerEngineException fault)
        {
            // Whoever is next removes it first, and so does the next start of the miner.
            Log.NotRemoved(logger, id, fault.Message);
        }
    }

    /// <summary>One that is kept ahead, and what it was made with.</summary>
    sealed record Spare(string Id, string Image, int Port, IReadOnlyList<string> Gpus)
    {
        public bool Fits(ContainerSpec spec, ContainerOptions options) =>
            Image == spec.Image && Port == spec.SshPort && Gpus.SequenceEqual(options.Gpus);
    }

    static partial class Log
    {
        [LoggerMessage(3300, LogLevel.Warning, "The container that was kept ahead is of no use, another one is made: {Reason}")]
        public static partial void Useless(ILogger logger, string reason);

        [LoggerMessage(3301, LogLevel.Warning, "No container could be kept ahead, the next tenant waits a moment longer: {Reason}")]
        public static partial void NotMade(ILogger logger, string reason);

        [LoggerMessage(3302, LogLevel.Warning, "The container {Id} that was kept ahead could not be removed: {Reason}")]
        public static partial void NotRemoved(ILogger logger, string id, string reason);
    }
}
