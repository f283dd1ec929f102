using ComputeMiner.Allocations;
using ComputeMiner.Containers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace ComputeMiner.Tests.Allocations.Model;

/// <summary>The real allocation side of a miner, whose process, disk, clock and engine are in the test's hand.</summary>
sealed class ModelMachine : IDisposable
{
    readonly string _directory;
    // What is cleaned up behind the answer would be on its way while the model looks.
    readonly AllocationOptions _options = new() { ReleaseAnswer = TimeSpan.FromMinutes(1) };
    readonly WallClock _wall;
    readonly bool _keepsSpare;
    ProcessLife _life = null!;
    WarmContainers _warm = null!;
    AllocationReconciler _reconciler = null!;
    (string Id, DateTimeOffset Start) _boot;

    /// <param name="world">Containers and disk.</param>
    /// <param name="time">How much time passed; the test moves it.</param>
    /// <param name="keepsSpare">A container is kept ahead of whoever comes.</param>
    public ModelMachine(IMachineWorld world, FakeTimeProvider time, bool keepsSpare = false)
    {
        (World, Time, _keepsSpare, _directory) = (world, time, keepsSpare, Path.Combine(world.Directory, "state"));
        _wall = new WallClock(time);
        StartBoot();
        Open();
    }

    public IMachineWorld World { get; }

    /// <summary>What the miner said in all its lives.</summary>
    public RecordedLogs Logs { get; } = new();

    public FakeTimeProvider Time { get; }

    public Allocator Allocator { get; private set; } = null!;

    public AllocationLedger Ledger { get; private set; } = null!;

    public bool IsHealthy => !World.DiskIsFull && !World.EngineIsAway;

    public bool IsKilled => _life.IsOver;

    public bool LedgerFileIsGone => !File.Exists(Path.Combine(_directory, AllocationLedger.FileName));

    public AllocationOptions Options => _options;

    public void SetClock(TimeSpan by) => _wall.Set(by);

    public void KillAfter(int steps) => _life.KillAfter(steps);

    public Task TendAsync() => Allocator.TendAsync(_reconciler, CancellationToken.None);

    /// <summary>What the keeper of the spare container does when something changed.</summary>
    public async Task KeepSpareAsync()
    {
        if (!_keepsSpare)
            return;
        try
        {
            await _warm.CheckAsync(CancellationToken.None);
            await _warm.PrepareAsync(() => Allocator.IsFree);
        }
        catch (ContainerEngineException)
        {
            // The engine is away.
        }
    }

    /// <summary>Nothing is kept ahead any more.</summary>
    public Task DropSpareAsync() => _warm.DropAsync();

    public void DeleteState() => Directory.Delete(_directory, recursive: true);

    /// <summary>The operator makes room and brings the engine back.</summary>
    public void Mend()
    {
        World.DiskIsFull = false;
        World.ReturnEngine();
    }

    public void StartBoot() => _boot = (Guid.NewGuid().ToString(), Time.GetUtcNow());

    /// <summary>Ends the process without a word and starts the next one. False while that cannot come up: its engine is away.</summary>
    public async Task<bool> RestartAsync()
    {
        _life.End();
        Ledger.Dispose();
        try
        {
            Open();
        }
        catch (LedgerException) when (World.DiskIsFull)
        {
            // The operator reads why it does not start.
            World.DiskIsFull = false;
            Open();
        }
        return await ComeUpAsync();
    }

    /// <summary>What the start of the miner does, and does again when a container did not come up.</summary>
    public async Task<bool> ComeUpAsync()
    {
        try
        {
            if (!Allocator.IsRestored)
                await Allocator.RestoreAsync(_reconciler, CancellationToken.None);
            if (!Allocator.Current.Ready)
                Allocator.UseImage(_keepsSpare ? await _warm.PrepareImageAsync(null, CancellationToken.None) : World.Image);
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
    }

    void Open()
    {
        var life = _life = new ProcessLife(World.Meet);
        Ledger = AllocationLedger.Open(_directory, life.Cross);
        var clock = new RentalClock(new BootClock(() => new BootMoment(_boot.Id, Time.GetUtcNow() - _boot.Start)), _wall);
        var engine = _warm = new WarmContainers(new CrossedEngine(World.Engine, life.Cross), World.Settings, Logs.CreateLogger<WarmContainers>());
        _reconciler = new AllocationReconciler(engine, Ledger, clock, Logs.CreateLogger<AllocationReconciler>());
        Allocator = new Allocator(engine, Ledger, _options, World.Settings, clock, World.Waits, Logs.CreateLogger<Allocator>());
    }
}
