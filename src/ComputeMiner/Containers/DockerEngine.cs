using ComputeMiner.Containers.Disks;
using ComputeMiner.Containers.Egress;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace ComputeMiner.Containers;

/// <summary>Containers on the Docker Engine of this machine, through its API; no command line takes part.</summary>
sealed partial class DockerEngine : IContainerEngine, IDisposable
{
    /// <summary>Largest file read from a container: a tenant decides what is in it.</summary>
    public const int LargestFile = 64 * 1024;

    // The stop signal ends all of a container's processes at once; this is for an engine that is slow to see it, and no more of the caller's 60 s.
    const uint RestartGraceSeconds = 2;

    readonly DockerClient _docker;
    readonly ContainerOptions _options;
    readonly TimeProvider _time;
    readonly ILogger<DockerEngine> _logger;
    readonly BaseImage _image;
    readonly DockerSite _site;
    readonly ContainerFacts _facts;
    readonly LostPort _lost;
    readonly SemaphoreSlim _setup = new(1, 1);
    ResourceLimits? _limits;

    public DockerEngine(ContainerOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        (_options, _time, _logger) = (options, time, loggers.CreateLogger<DockerEngine>());
        _docker = new DockerClientBuilder().WithEndpoint(options.Endpoint).WithTimeout(Timeout.InfiniteTimeSpan).Build();
        _facts = new ContainerFacts(_docker, options, time);
        _host = new EngineNamespace(options.Endpoint, time);
        _lost = new LostPort(_docker, _host, options, time, loggers.CreateLogger<LostPort>());
        _site = new DockerSite(_docker, _facts, _lost, _host, options, time);
        _image = new BaseImage(_docker, options, _host, time, loggers.CreateLogger<BaseImage>());
        _egress = new EgressGuard(options, _host, loggers.CreateLogger<EgressGuard>());
        _disks = new TenantDisks(
            options, _host, token => AskAsync("describe the machine", _docker.System.GetSystemInfoAsync, token), loggers.CreateLogger<TenantDisks>());
    }

    public async Task<EngineInfo> ProbeAsync(CancellationToken cancellation)
    {
        var version = await AskAsync("tell its version", _docker.System.GetVersionAsync, cancellation);
        DockerErrors.RequireVersion(version.Version, version.APIVersion);
        var info = await AskAsync("describe the machine", _docker.System.GetSystemInfoAsync, cancellation);
        return new EngineInfo(version.Version, (int)info.NCPU, info.MemTotal);
    }

    public async Task<PreparedImage> PrepareImageAsync(IProgress<PreparationStep>? progress, CancellationToken cancellation)
    {
        _network = await _site.PrepareAsync(cancellation);
        await _egress.EnsureAsync(_network, cancellation);
        await _disks.PrepareAsync(() => ReadUsedDisksAsync(cancellation), cancellation);
        return await _image.PrepareAsync(progress, cancellation);
    }

    public async Task<string> CreateAsync(ContainerSpec spec, CancellationToken cancellation)
    {
        var limits = await SetUpAsync(cancellation);
        var id = await CreateOnDiskAsync(() => DockerProfile.ToCreate(spec, _options, limits, _host.AnyAddresses, _image.OpenFiles), cancellation);
        Log.Created(_logger, spec.Name, id);
        return id;
    }

    public async Task AssignAsync(string id, string name, ContainerLabels labels, CancellationToken cancellation)
    {
        _egress.RequireInForce();
        if ((await InspectAsync(id, cancellation))?.State is not { Running: true, Paused: false, Restarting: false })
            throw new ContainerEngineException($"Container {id} does not run any more.");
        await _facts.WriteAsync(id, labels, cancellation);
        var parameters = new ContainerRenameParameters { NewName = name };
        await DoAsync($"name the container {name}", token => _docker.Containers.RenameContainerAsync(id, parameters, token), cancellation);
    }

    public async Task DeliverAsync(string id, IReadOnlyList<DeliveredFile> files, CancellationToken cancellation)
    {
        await using var archive = Handover.ToArchive(files);
        var parameters = new ContainerAttachParameters { Stream = true, Stdin = true };
        await DoAsync("hand the container over", async token =>
        {
            using var input = await _docker.Containers.AttachContainerAsync(id, parameters, token);
            await input.CopyFromAsync(archive, token);
            // The end of the input is part of it: only then the waiting process goes on.
            input.CloseWrite();
        }, cancellation);
    }

    public async Task ReplaceFileAsync(string id, DeliveredFile file, CancellationToken cancellation)
    {
        await using var archive = TarArchive.ForReplacement(file);
        await ExtractAsync(id, archive, cancellation);
    }

    public Task<byte[]?> ReadFileAsync(string id, string path, CancellationToken cancellation) =>
        AskAsync("read from the container", async token =>
        {
            try
            {
                var parameters = new ContainerPathStatParameters { Path = path };
                var archive = await _docker.Containers.GetArchiveFromContainerAsync(id, parameters, false, token);
                await using var stream = archive.Stream!;
                // Not the same as no file: taking it for none would overwrite what is in it.
                return await TarArchive.ReadFirstFileAsync(stream, LargestFile, token)
                    ?? throw new ContainerEngineException($"{path} of the container is no plain file of at most {LargestFile} bytes.");
            }
            catch (DockerApiException fault) when (fault.StatusCode == System.Net.HttpStatusCode.NotFound)
            {
                return null;
            }
        }, cancellation);

    public async Task StartAsync(string id, CancellationToken cancellation)
    {
        await AttachDiskAsync(id, cancellation);
        try
        {
            await StartOnceAsync(id, cancellation);
        }
        catch (ContainerEngineException fault) when (fault is not ContainerEngineUnavailableException)
        {
            if (!await _lost.TryFreeAsync(cancellation))
                throw NotStarted(id, fault);
            await StartAgainAsync(id, cancellation);
        }
    }

    async Task StartAgainAsync(string id, CancellationToken cancellation)
    {
        try
        {
            await StartOnceAsync(id, cancellation);
        }
        catch (ContainerEngineException fault) when (fault is not ContainerEngineUnavailableException)
        {
            throw NotStarted(id, fault);
        }
    }

    async Task StartOnceAsync(string id, CancellationToken cancellation) =>
        await AskAsync("start the container", token => _docker.Containers.StartContainerAsync(id, null, token), cancellation);

    ContainerStartException NotStarted(string id, ContainerEngineException fault) =>
        new(id, null, $"{fault.Message} If the port {_options.SshPort} is taken, see who has it with `ss -ltnp`.", fault);

    public async Task PauseAsync(string id, CancellationToken cancellation)
    {
        if ((await InspectAsync(id, cancellation))?.State?.Paused != true)
            await DoAsync("pause the container", token => _docker.Containers.PauseContainerAsync(id, token), cancellation);
    }

    public async Task ResumeAsync(string id, CancellationToken cancellation)
    {
        if ((await InspectAsync(id, cancellation))?.State?.Paused != false)
            await DoAsync("resume the container", token => _docker.Containers.UnpauseContainerAsync(id, token), cancellation);
    }

    public async Task RestartAsync(string id, CancellationToken cancellation)
    {
        await ResumeAsync(id, cancellation);
        await RestForDiskAsync(id, cancellation);
        await AttachDiskAsync(id, cancellation);
        var parameters = new ContainerRestartParameters { WaitBeforeKillSeconds = RestartGraceSeconds };
        await DoAsync("restart the container", token => _docker.Containers.RestartContainerAsync(id, parameters, token), cancellation);
    }

    public async Task RemoveAsync(string id, CancellationToken cancellation)
    {
        if (await InspectAsync(id, cancellation) is not { } container)
        {
            await _facts.RemoveAsync(id, cancellation);
            await _disks.SweepAsync(() => ReadUsedDisksAsync(cancellation));
            return;
        }
        if (!IsOurs(container))
            throw new ContainerEngineException($"Container {id} does not belong to this miner; it is left alone.");

        // Force kills at once, frozen processes included: nothing inside is worth a grace once the allocation is over.
        var parameters = new ContainerRemoveParameters { Force = true, RemoveVolumes = true };
        await DoAsync("remove the container", async token =>
        {
            try
            {
                await _docker.Containers.RemoveContainerAsync(id, parameters, token);
            }
            catch (DockerContainerNotFoundException)
            {
                // Somebody else removed it between the two requests: what was asked for holds.
            }
        }, cancellation);
        await _disks.RemoveAsync(container, cancellation);
        // Last: a container without its facts would be anybody's. Those of one that is gone are dropped at the next start at the latest.
        await _facts.RemoveAsync(id, cancellation);
        Log.Removed(_logger, id);
    }

    public async Task<IReadOnlyList<ContainerRecord>> ListAsync(CancellationToken cancellation)
    {
        var list = await AskAsync("list containers", token => _docker.Containers.ListContainersAsync(OfInstance(), token), cancellation);
        var ours = list.Where(each => !DockerSite.IsProbe(each.Labels) && !IsCopy(each)).Select(ToRecord).ToList();
        if (!ours.Exists(each => each.Labels is { IsSpare: true }))
            return ours;
        var facts = await _facts.ReadAsync(cancellation);
        return [.. ours.Select(each => each.Labels is { IsSpare: true } ? each with { Labels = LabelsOf(each, facts) } : each)];
    }

    // The name comes after the facts, and facts go after their container: where they lack under a tenant's name somebody else removed them,
    // as `docker volume prune` does, and there may be a renter inside.
    ContainerLabels? LabelsOf(ContainerRecord spare, IReadOnlyDictionary<string, ContainerLabels> facts) =>
        facts.TryGetValue(spare.Id, out var labels) ? labels : spare.Name == _options.RentalName || spare.Name == _options.TestName ? null : spare.Labels;

    public Task<string> WaitForSshAsync(string id, int port, CancellationToken cancellation)
    {
        var attempts = 0;
        return SshReadiness.WaitAsync(port, async token =>
        {
            if (++attempts % 20 == 0)
                await RequireAliveAsync(id, token);
        }, _time, cancellation);
    }

    public void Dispose()
    {
        _disks.Dispose();
        _docker.Dispose();
        _egress.Dispose();
        _host.Dispose();
        _setup.Dispose();
    }

    bool IsOurs(ContainerInspectResponse container) =>
        container.Config?.Labels is { } labels && labels.TryGetValue(ContainerLabels.InstanceKey, out var instance) && instance == _options.Instance;

    // Labels go with an image that somebody makes of a container. What is made of that image is his: no tenant's is on a network of Docker's own.
    static bool IsCopy(ContainerListResponse container) =>
        container.HostConfig?.NetworkMode is "default" or "bridge" or "host" or "none"
        && container.NetworkSettings?.Networks?.Keys.All(network => network is "bridge" or "host" or "none") != false;

    static ContainerRecord ToRecord(ContainerListResponse container) => new(
        container.ID,
        container.Names is [var name, ..] ? name.TrimStart('/') : "",
        container.State switch
        {
            "created" => ContainerState.Created,
            "running" => ContainerState.Running,
            "paused" => ContainerState.Paused,
            _ => ContainerState.Stopped,
        },
        container.Labels is null ? null : ContainerLabels.FromDictionary(container.Labels.AsReadOnly()));

    // The machine's size, found once.
    async Task<ResourceLimits> SetUpAsync(CancellationToken cancellation)
    {
        if (_limits is { } known)
            return known;
        await _setup.WaitAsync(cancellation);
        try
        {
            if (_limits is { } meanwhile)
                return meanwhile;
            var host = await ProbeAsync(cancellation);
            return _limits = ResourceLimits.For(host, _options.Gpus.Count, _options.MemoryReserve);
        }
        finally
        {
            _setup.Release();
        }
    }

    Task<ContainerInspectResponse?> InspectAsync(string id, CancellationToken cancellation) =>
        AskAsync<ContainerInspectResponse?>("inspect the container", async token =>
        {
            try
            {
                return await _docker.Containers.InspectContainerAsync(id, token);
            }
            catch (DockerContainerNotFoundException)
            {
                return null;
            }
        }, cancellation);

    async Task RequireAliveAsync(string id, CancellationToken cancellation)
    {
        var state = (await InspectAsync(id, cancellation))?.State;
        if (state is not { Running: true, Restarting: false })
            throw new ContainerStartException(id, state?.ExitCode, $"it ended before sshd answered. See `docker logs {id[..12]}`.");
    }

    async Task ExtractAsync(string id, Stream archive, CancellationToken cancellation)
    {
        var parameters = new CopyToContainerParameters { Path = "/" };
        await DoAsync("put files into the container", token => _docker.Containers.ExtractArchiveToContainerAsync(id, parameters, archive, token), cancellation);
    }

    async Task DoAsync(string what, Func<CancellationToken, Task> request, CancellationToken cancellation) => await AskAsync(what, async token =>
    {
        await request(token);
        return true;
    }, cancellation);

    Task<T> AskAsync<T>(string what, Func<CancellationToken, Task<T>> request, CancellationToken cancellation) =>
        DockerErrors.GuardAsync(_options.Endpoint, what, _options.EngineTimeout, _time, request, cancellation);

    static partial class Log
    {
        [LoggerMessage(3000, LogLevel.Information, "Created container {Name} as {Id}")]
        public static partial void Created(ILogger logger, string name, string id);

        [LoggerMessage(3001, LogLevel.Information, "Removed container {Id}")]
        public static partial void Removed(ILogger logger, string id);
    }
}
