using System.Text.Json.Nodes;
using ComputeMiner.Gpus;

namespace ComputeMiner.Specs;

/// <summary>
/// The hardware document: each part probed on its own, the last good one of each kept, in memory and on disk. What it holds is always whole;
/// there is none before every part was read once.
/// </summary>
sealed partial class SpecsSource : IDisposable
{
    /// <summary>Disk and memory are not measured more often: a machine does not get faster, and disks wear.</summary>
    public static readonly TimeSpan SpeedsEvery = TimeSpan.FromHours(6);

    static readonly TimeSpan SpeedPatience = TimeSpan.FromSeconds(5);

    readonly SpecsProbes _probes;
    readonly SpecsFile? _file;
    readonly Func<bool> _rented;
    readonly TimeProvider _time;
    readonly ILogger _logger;
    readonly PartProbe _cpu, _gpu, _disk, _ram, _docker, _speed;
    readonly GpuJudgement _judgement = new();
    readonly SemaphoreSlim _turn = new(1, 1);
    int _dockerFaults;
    volatile SpecsState? _state;
    volatile IReadOnlyList<KeptPart> _kept = [];

    /// <param name="probes">Where the parts come from.</param>
    /// <param name="last">What was kept before; null for nothing.</param>
    /// <param name="file">Where the document is kept; null to keep nothing.</param>
    /// <param name="rented">Somebody has the machine, or it is not known yet.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public SpecsSource(SpecsProbes probes, SpecsState? last, SpecsFile? file, Func<bool> rented, TimeProvider time, ILogger logger)
    {
        (_probes, _state, _file, _rented, _time, _logger) = (probes, last, file, rented, time, logger);
        (_cpu, _gpu, _disk, _ram, _docker, _speed) =
            (Part("cpu"), new PartProbe("gpu", probes.GpuPatience, time), Part("hard_disk"), Part("ram"), Part("has_docker"), Part("speeds"));
    }

    /// <summary>The document to publish, a tree of the caller's own; null while there is none.</summary>
    public JsonObject? Current => _state?.Document.ToJson();

    public SpecsStatus Status => new(_state?.At, _kept);

    /// <summary>The source of a running miner, with what its state directory holds.</summary>
    public static SpecsSource Open(SpecsProbes probes, string stateDirectory, Func<bool> rented, TimeProvider time, ILogger<SpecsSource> logger)
    {
        var file = new SpecsFile(stateDirectory);
        return new SpecsSource(probes, file.Read(), file, rented, time, logger);
    }

    /// <summary>Probes everything once; never longer than the limits of its parts.</summary>
    public async Task RefreshAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            var before = _state;
            var kept = new List<KeptPart>();
            var next = await ProbeAsync(before, kept, cancellation);
            Tell(kept);
            _kept = kept;
            if (next is null)
                return;
            // Somebody may have come while it was measured: what was decided before is not to be seen by his validator.
            if (before is not null && _rented())
                next = Kept(before, next);
            _state = next;
            TellChange(before, next);
            Save(next);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    async Task<SpecsState?> ProbeAsync(SpecsState? before, List<KeptPart> kept, CancellationToken cancellation)
    {
        var last = before?.Document;
        var files = _probes.Files;
        var cpu = await ReadAsync(_cpu, () => ProcessorProbe.Read(files), kept, cancellation) ?? last?.Cpu;
        var disk = await ReadAsync(_disk, ReadDisk, kept, cancellation) ?? last?.HardDisk;
        var ram = await ReadAsync(_ram, () => MemoryProbe.Read(files), kept, cancellation) ?? last?.Ram;
        var docker = JudgeDocker(last, Keep(await _docker.AskAsync(AskDockerAsync, cancellation), kept) is not null);
        var (gpu, handedOut) = await JudgeGpusAsync(before, kept, cancellation);
        if (cpu is null || disk is null || ram is null || gpu is null || docker is null)
            return null;
        (disk, ram) = (disk with { WriteSpeed = last?.HardDisk.WriteSpeed ?? 0, ReadSpeed = last?.HardDisk.ReadSpeed ?? 0 },
            ram with { WriteSpeed = last?.Ram.WriteSpeed ?? 0, ReadSpeed = last?.Ram.ReadSpeed ?? 0 });
        var state = new SpecsState(new SpecsDocument(cpu, gpu, disk, ram, docker.Value), _time.GetUtcNow(), handedOut, before?.SpeedsAt);
        return await MeasureAsync(state, kept, cancellation);
    }

    static SpecsState Kept(SpecsState before, SpecsState next)
    {
        var (last, now) = (before.Document, next.Document);
        var document = now with { HasDocker = last.HasDocker || now.HasDocker };
        return now.Gpu.IsSameSet(last.Gpu) ? next with { Document = document }
            : next with { Document = document with { Gpu = last.Gpu }, HandedOut = before.HandedOut };
    }

    // As with the GPUs: an engine that is restarted is away for a moment, and a validator that reads so takes the machine for useless.
    // Null where nothing is known that may be published: somebody may have the machine.
    bool? JudgeDocker(SpecsDocument? last, bool answers)
    {
        _dockerFaults = answers ? 0 : _dockerFaults + 1;
        if (answers)
            return true;
        return _rented() ? last?.HasDocker : last is { HasDocker: true } && _dockerFaults < GpuJudgement.Repeats;
    }

    async Task<(GpuSpecs? Gpu, IReadOnlyList<string> HandedOut)> JudgeGpusAsync(SpecsState? before, List<KeptPart> kept, CancellationToken cancellation)
    {
        var found = Keep(await _gpu.AskAsync(_probes.Gpus, cancellation), kept);
        var wanted = before?.HandedOut ?? [];
        try
        {
            wanted = found is null ? wanted : _probes.HandedOut(found);
        }
        catch (Exception fault) when (fault is FormatException or GpuReadException)
        {
            kept.Add(new KeptPart(_gpu.Name, fault.Message));
            found = null;
        }
        var chosen = found?.Where(gpu => wanted.Contains(gpu.Uuid)).ToList();
        var read = chosen is null ? null : GpuSpecs.Of(chosen);
        // Asked now, after a probe that may have been slow.
        var rented = _rented();
        var isChosenAnew = before is not null && !wanted.ToHashSet().SetEquals(before.HandedOut);
        var last = before?.Document.Gpu;
        var decided = _judgement.Decide(last, read, chosen?.Count == wanted.Count, isChosenAnew, rented);
        var isKept = decided is null || ReferenceEquals(decided, last);
        if (read is not null && isKept)
            kept.Add(new KeptPart(_gpu.Name, $"{read.Describe()} found, {last?.Describe() ?? "nothing"} published; " + (rented
                ? "that does not change while somebody has the machine"
                : $"it changes when that is found {GpuJudgement.Repeats} times in a row")));
        // What a set was chosen by stays with it until another one is published.
        return (decided, isKept && before is not null ? before.HandedOut : wanted);
    }

    async Task<SpecsState> MeasureAsync(SpecsState state, List<KeptPart> kept, CancellationToken cancellation)
    {
        if (_probes.SpeedDirectory is not { } directory || (state.SpeedsAt is { } at && state.At - at < SpeedsEvery && state.At >= at))
            return state;
        if (_rented())
        {
            kept.Add(new KeptPart(_speed.Name, "not measured while somebody has the machine", IsFault: false));
            return state;
        }
        var available = state.Document.Ram.Available;
        var measured = Keep(await _speed.AskAsync(token =>
        {
            var limit = new SpeedLimit(_time, SpeedPatience, () => token.IsCancellationRequested || _rented());
            return QuietThread.RunAsync(() => new Measured(DiskSpeed.Measure(directory, limit), MemorySpeed.Measure(available, limit)));
        }, cancellation), kept);
        if (measured is null)
            return state;
        if (measured is not { Disk: not null, Memory: not null })
            kept.Add(new KeptPart(_speed.Name, "not all measured: somebody got the machine, or there is too little room to spare", IsFault: false));
        var document = state.Document;
        if (measured.Disk is { } disk)
            document = document with { HardDisk = document.HardDisk with { WriteSpeed = disk.Write, ReadSpeed = disk.Read } };
        if (measured.Memory is { } memory)
            document = document with { Ram = document.Ram with { WriteSpeed = memory.Write, ReadSpeed = memory.Read } };
        return state with { Document = document, SpeedsAt = measured is { Disk: not null, Memory: not null } ? state.At : state.SpeedsAt };
    }

    async Task<object> AskDockerAsync(CancellationToken cancellation)
    {
        await _probes.Docker(cancellation);
        return this;
    }

    static DiskSpecs ReadDisk()
    {
        // What root may still use is not free for others; what validators compare is free for all (statvfs f_bavail).
        var root = new DriveInfo("/");
        return new DiskSpecs(root.TotalSize, root.AvailableFreeSpace, root.TotalSize - root.TotalFreeSpace);
    }

    static async Task<T?> ReadAsync<T>(PartProbe part, Func<T> read, List<KeptPart> kept, CancellationToken cancellation)
        where T : class => Keep(await part.AskAsync(_ => Task.FromResult(read()), cancellation), kept);

    static T? Keep<T>((T? Value, KeptPart? Fault) answer, List<KeptPart> kept)
        where T : class
    {
        if (answer.Fault is { } fault)
            kept.Add(fault);
        return answer.Value;
    }

    PartProbe Part(string name) => new(name, _probes.Patience, _time);

    sealed record Measured(Speeds? Disk, Speeds? Memory);
}
