using System.Text;
using ComputeMiner.Allocations;
using ComputeMiner.Containers;

namespace ComputeMiner.Tests.Allocations.Model;

sealed class SimulatedWorld : IMachineWorld, IDisposable
{
    const string KeepsakePath = "/root/keepsake";

    static readonly ContainerLabels Anothers = new("0123456789abcdef", "rental", "", "", DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue);

    readonly SimulatedEngine _engine;
    readonly string _foreign;

    public SimulatedWorld(TimeProvider time)
    {
        (_engine, Waits) = (new SimulatedEngine(time), time);
        // Where a RAM disk is: the property is not about the speed of a disk.
        Directory = Path.Combine(System.IO.Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), Path.GetRandomFileName());
        System.IO.Directory.CreateDirectory(Directory);
        // Another miner's rental, with everything that ours have but the instance.
        _foreign = _engine.AddForeign(new ContainerSpec("another", "simulated", 1, Anothers));
    }

    public IContainerEngine Engine => _engine;

    public IContainerEngine Outside => _engine;

    public PreparedImage Image { get; } = new("simulated", "simulated", "root:*:19000:0:99999:7:::\n");

    public ContainerOptions Settings { get; } = new();

    public string Directory { get; }

    public TimeProvider Waits { get; }

    public bool DiskIsFull { get; set; }

    public bool EngineIsAway { get; private set; }

    public void TakeEngineAway(int answers) => EngineIsAway = true;

    public void ReturnEngine() => EngineIsAway = false;

    public void Meet(CrashPoint step)
    {
        var isLedger = step.ToString().StartsWith("Write", StringComparison.Ordinal);
        if (isLedger && DiskIsFull)
            throw new LedgerException("The disk is full.");
        if (!isLedger && EngineIsAway)
            throw new ContainerEngineUnavailableException(EngineFault.Unreachable, "The engine is away.");
    }

    public Task DieAsync(string container)
    {
        _engine.Crash(container);
        return Task.CompletedTask;
    }

    public Task RemoveAsync(string container) => _engine.RemoveAsync(container, CancellationToken.None);

    public async Task<bool> KillDaemonAsync(Task? allocating)
    {
        foreach (var each in await _engine.ListAsync(CancellationToken.None))
            await _engine.ResumeAsync(each.Id, CancellationToken.None);
        return false;
    }

    public Task<bool> ForeignIsUntouchedAsync() => Task.FromResult(_engine.IsUntouched(_foreign));

    public async Task<int> CountLeftoversAsync() => (await _engine.ListAsync(CancellationToken.None)).Count;

    public Task PutFileAsync(string container, string text) =>
        _engine.ReplaceFileAsync(container, DeliveredFile.Text(KeepsakePath, text, DeliveredFile.Private), CancellationToken.None);

    public async Task<string?> ReadFileAsync(string container) =>
        await _engine.ReadFileAsync(container, KeepsakePath, CancellationToken.None) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
