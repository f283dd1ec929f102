using System.Collections.Concurrent;

namespace ComputeMiner.Containers;

/// <summary>
/// An engine without containers, for machines without Docker: keeps the same contract in memory. Its start-up is refused on a public
/// network, because a renter could never log in.
/// </summary>
sealed class SimulatedEngine(TimeProvider time) : IContainerEngine
{
    static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(5);

    readonly Lock _turn = new();
    readonly Dictionary<string, Simulated> _containers = [];
    int _created;

    /// <summary>Called before each request with its name; a test makes requests wait or fail here.</summary>
    public Func<string, Task>? Intercept { get; set; }

    public Task<EngineInfo> ProbeAsync(CancellationToken cancellation) => Task.FromResult(new EngineInfo("simulated", 4, 16L << 30));

    public async Task<PreparedImage> PrepareImageAsync(IProgress<PreparationStep>? progress, CancellationToken cancellation)
    {
        await ArriveAsync(nameof(PrepareImageAsync));
        progress?.Report(new PreparationStep(100, "nothing to prepare"));
        return new PreparedImage("simulated", "simulated", "root:*:19000:0:99999:7:::\n");
    }

    public async Task<string> CreateAsync(ContainerSpec spec, CancellationToken cancellation)
    {
        await ArriveAsync(nameof(CreateAsync));
        lock (_turn)
        {
            if (_containers.FirstOrDefault(each => each.Value.Spec.Name == spec.Name) is { Key: { } left, Value: var holder })
            {
                if (holder is { IsForeign: true } or { State: not ContainerState.Created })
                    throw new ContainerEngineException($"The name {spec.Name} is taken.");
                _containers.Remove(left);
            }
            var id = (++_created).ToString("x64", System.Globalization.CultureInfo.InvariantCulture);
            _containers[id] = new Simulated(spec);
            return id;
        }
    }

    /// <summary>A container of another miner's, running: neither seen nor touched. Returns its id.</summary>
    public string AddForeign(ContainerSpec spec)
    {
        lock (_turn)
        {
            var id = $"f{(++_created).ToString("x63", System.Globalization.CultureInfo.InvariantCulture)}";
            _containers[id] = new Simulated(spec) { IsForeign = true, State = ContainerState.Running };
            return id;
        }
    }

    /// <summary>A container of another miner's is as it was added.</summary>
    public bool IsUntouched(string foreign)
    {
        lock (_turn)
            return _containers.TryGetValue(foreign, out var container) && container is { IsForeign: true, IsTouched: false };
    }

    public async Task AssignAsync(string id, string name, ContainerLabels labels, CancellationToken cancellation)
    {
        await ArriveAsync(nameof(AssignAsync));
        lock (_turn)
        {
            var container = Find(id);
            if (container.State != ContainerState.Running)
                throw new ContainerEngineException($"Container {id} does not run any more.");
            if (_containers.Any(each => each.Key != id && each.Value.Spec.Name == name))
                throw new ContainerEngineException($"The name {name} is taken.");
            container.Spec = container.Spec with { Name = name, Labels = labels };
        }
    }

    public async Task DeliverAsync(string id, IReadOnlyList<DeliveredFile> files, CancellationToken cancellation)
    {
        await ArriveAsync(nameof(DeliverAsync));
        var container = Find(id);
        if (container.State != ContainerState.Running)
            throw new ContainerEngineException($"Container {id} does not run.");
        foreach (var file in files)
            container.Files[file.Path] = file.Content;
        container.HandedOver = true;
    }

    public async Task ReplaceFileAsync(string id, DeliveredFile file, CancellationToken cancellation)
    {
        await ArriveAsync(nameof(ReplaceFileAsync));
        Find(id).Files[file.Path] = file.Content;
    }

    public async Task<ResourceLimits> ReadLimitsAsync(CancellationToken cancellation) =>
        ResourceLimits.For(await ProbeAsync(cancellation), 0, null);

    public async Task PublishAsync(string id, IReadOnlyList<DeliveredFile> files, CancellationToken cancellation)
    {
        await ArriveAsync(nameof(PublishAsync));
        foreach (var file in files)
            Find(id).Files[file.Path] = file.Content;
    }

    public async Task TellAsync(string id, string text, CancellationToken cancellation)
    {
        await ArriveAsync(nameof(TellAsync));
        var container = Find(id);
        if (container.State != ContainerState.Running)
            throw new ContainerEngineException($"Container {id} does not run.");
        container.Told.Enqueue(text);
    }

    /// <summary>What was written to the terminals of a container.</summary>
    public IReadOnlyList<string> Told(string id) => [.. Find(id).Told];

    public async Task<byte[]?> ReadFileAsync(string id, string path, CancellationToken cancellation)
    {
        await ArriveAsync(nameof(ReadFileAsync));
        return Find(id).Files.GetValueOrDefault(path);
    }

    public async Task StartAsync(string id, CancellationToken cancellation)
    {
        await ArriveAsync(nameof(StartAsync));
        lock (_turn)
        {
            var container = Find(id);
            if (_containers.Any(each => each.Key != id && each.Value.IsUp && each.Value.Spec.SshPort == container.Spec.SshPort))
                throw new ContainerStartException(id, null, $"the port {container.Spec.SshPort} is taken.");
            if (!container.IsUp)
                container.State = ContainerState.Running;
        }
    }

    public async Task PauseAsync(string id, CancellationToken cancellation)
    {
        await ArriveAsync(nameof(PauseAsync));
        var container = Find(id);
        if (!container.IsUp)
            throw new ContainerEngineException($"Container {id} does not run.");
        container.State = ContainerState.Paused;
    }

    public async Task ResumeAsync(string id, CancellationToken cancellation)
    {
        await ArriveAsync(nameof(ResumeAsync));
        var container = Find(id);
        if (container.State == ContainerState.Paused)
            container.State = ContainerState.Running;
    }

    public async Task RestartAsync(string id, CancellationToken cancellation)
    {
        await ArriveAsync(nameof(RestartAsync));
        Find(id).State = ContainerState.Running;
    }

    public async Task RemoveAsync(string id, CancellationToken cancellation)
    {
        await ArriveAsync(nameof(RemoveAsync));
        lock (_turn)
        {
            if (_containers.TryGetValue(id, out var container) && container.IsForeign)
                throw new ContainerEngineException($"Container {id} does not belong to this miner; it is left alone.");
            _containers.Remove(id);
        }
    }

    public async Task<IReadOnlyList<ContainerRecord>> ListAsync(CancellationToken cancellation)
    {
        await ArriveAsync(nameof(ListAsync));
        // The newest first, as Docker lists them.
        lock (_turn)
            return [.. _containers.Where(each => !each.Value.IsForeign).OrderByDescending(each => each.Key, StringComparer.Ordinal).Select(each => new ContainerRecord(each.Key, each.Value.Spec.Name, each.Value.State, each.Value.Spec.Labels))];
    }

    public async Task<string> WaitForSshAsync(string id, int port, CancellationToken cancellation)
    {
        await ArriveAsync(nameof(WaitForSshAsync));
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            if (Find(id) is { State: ContainerState.Running, HandedOver: true } found && found.Spec.SshPort == port)
                return "SSH-2.0-simulated";
            await Task.Delay(Poll, time, cancellation);
        }
    }

    /// <summary>Ends a container as if its processes had died.</summary>
    public void Crash(string id) => Find(id).State = ContainerState.Stopped;

    async Task ArriveAsync(string request)
    {
        if (Intercept is { } intercept)
            await intercept(request);
    }

    Simulated Find(string id)
    {
        lock (_turn)
        {
            if (!_containers.TryGetValue(id, out var container))
                throw new ContainerEngineException($"There is no container {id}.");
            container.IsTouched = true;
            return container;
        }
    }

    sealed class Simulated(ContainerSpec spec)
    {
        public ContainerSpec Spec { get; set; } = spec;

        public bool HandedOver { get; set; }

        public bool IsForeign { get; init; }

        /// <summary>Something was asked of it by its id.</summary>
        public bool IsTouched { get; set; }

        public ConcurrentQueue<string> Told { get; } = new();

        public ConcurrentDictionary<string, byte[]> Files { get; } = new();

        public ContainerState State { get; set; } = ContainerState.Created;

        public bool IsUp => State is ContainerState.Running or ContainerState.Paused;
    }
}
