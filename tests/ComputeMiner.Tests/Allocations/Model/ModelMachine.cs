using ComputeMiner.Allocations;
using ComputeMiner.Containers;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ComputeMiner.Tests.Allocations.Model;

/// <summary>The real allocation side of a miner, whose process, disk, clock and engine are in the test's hand.</summary>
sealed class ModelMachine : IDisposable
{
    readonly string _directory = Path.Combine(Scratch, Path.GetRandomFileName(), "state");
    readonly AllocationOptions _options = new();
    readonly WallClock _wall;
    readonly TimeProvider _waits;
    ProcessLife _life = null!;
    AllocationReconciler _reconciler = null!;
    (string Id, DateTimeOffset Start) _boot;
    bool _restored;

    /// <param name="world">The containers.</param>
    /// <param name="time">How much time passed; the test moves it.</param>
    /// <param name="waits">The time by which the miner waits for something.</param>
    public ModelMachine(IMachineWorld world, FakeTimeProvider time, TimeProvider waits)
    {
        (World, Time, _waits) = (world, time, waits);
        _wall = new WallClock(time);
        StartBoot();
        Open();
    }

    // A RAM disk where there is one: the property is not about the speed of a disk.
    static string Scratch => Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    public IMachineWorld World { get; }

    public FakeTimeProvider Time { get; }

    public Allocator Allocator { get; private set; } = null!;

    public AllocationLedger Ledger { get; private set; } = null!;

    public bool DiskIsFull { get; set; }

    public bool EngineIsAway { get; set; }

    public bool IsKilled => _life.IsOver;

    public bool LedgerFileIsGone => !File.Exists(Path.Combine(_directory, AllocationLedger.FileName));

    public AllocationOptions Options => _options;

    public void SetClock(TimeSpan by) => _wall.Set(by);

    public void KillAfter(int steps) => _life.KillAfter(steps);

    public Task TendAsync() => Allocator.TendAsync(_reconciler, CancellationToken.None);

    public void DeleteState() => Directory.Delete(_directory, recursive: true);

    public void StartBoot() => _boot = (Guid.NewGuid().ToString(), Time.GetUtcNow());

    /// <summary>Ends the process without a word and starts the next one. False while that cannot come up: its engine is away.</summary>
    public async Task<bool> RestartAsync()
    {
        _life.End();
        Ledger.Dispose();
        Open();
        return await ComeUpAsync();
    }

    /// <summary>What the start of the miner does, and does again when a container did not come up.</summary>
    public async Task<bool> ComeUpAsync()
    {
        try
        {
            if (!_restored)
                await Allocator.RestoreAsync(_reconciler, CancellationToken.None);
            _restored = true;
            if (!Allocator.Current.Ready)
                Allocator.UseImage(World.Image);
            return true;
        }
        catch (Exception fault) when (fault is ContainerEngineException or LedgerException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        _life.End();
        Ledger.Dispose();
        Directory.Delete(Path.GetDirectoryName(_directory)!, recursive: true);
    }

    void Open()
    {
        _restored = false;
        var life = _life = new ProcessLife(() => DiskIsFull, () => EngineIsAway);
        Ledger = AllocationLedger.Open(_directory, life.Cross);
        var clock = new RentalClock(new BootClock(() => new BootMoment(_boot.Id, Time.GetUtcNow() - _boot.Start)), _wall);
        var engine = new CrossedEngine(World.Engine, life.Cross);
        _reconciler = new AllocationReconciler(engine, Ledger, clock, NullLogger<AllocationReconciler>.Instance);
        Allocator = new Allocator(engine, Ledger, _options, World.Settings, clock, _waits, NullLogger<Allocator>.Instance);
    }
}
