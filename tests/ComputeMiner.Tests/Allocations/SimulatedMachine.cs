using ComputeMiner.Allocations;
using ComputeMiner.Containers;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ComputeMiner.Tests.Allocations;

/// <summary>A miner's allocation side on a simulated engine, a real ledger and a clock that the test moves.</summary>
sealed class SimulatedMachine : IAsyncDisposable
{
    readonly TemporaryDirectory _directory = new();
    readonly WallClock _wall;
    (string Id, long Start) _boot;

    public SimulatedMachine(AllocationOptions? options = null)
    {
        Options = options ?? new AllocationOptions();
        Engine = new SimulatedEngine(Time);
        _wall = new WallClock(Time);
        Reboot();
        Open();
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public SimulatedEngine Engine { get; }

    public ContainerOptions Settings { get; } = new();

    public AllocationOptions Options { get; }

    public string StateDirectory => _directory.At("state");

    string LedgerFile => Path.Combine(StateDirectory, AllocationLedger.FileName);

    public AllocationLedger Ledger { get; private set; } = null!;

    public Allocator Allocator { get; private set; } = null!;

    public AllocationReconciler Reconciler { get; private set; } = null!;

    public List<AllocationState> Seen { get; } = [];

    public async Task<SimulatedMachine> ReadyAsync()
    {
        await Allocator.RestoreAsync(Reconciler, CancellationToken.None);
        Allocator.UseImage(await Engine.PrepareImageAsync(null, CancellationToken.None));
        return this;
    }

    /// <summary>Ends the process as a power cut does: nothing is tidied up, a new one opens the same ledger.</summary>
    public async Task PowerCutAsync()
    {
        Engine.Intercept = null;
        Reopen();
        await ReadyAsync();
    }

    /// <summary>A new process on the same ledger that did not compare it with the containers yet.</summary>
    public void Reopen()
    {
        Ledger.Dispose();
        Open();
    }

    /// <summary>A new process that finds no state directory.</summary>
    public void LoseLedger()
    {
        Ledger.Dispose();
        Directory.Delete(StateDirectory, recursive: true);
        Reopen();
    }

    /// <summary>A copy of the ledger as it is now; a new process goes on with it.</summary>
    public byte[] BackUpLedger()
    {
        Ledger.Dispose();
        var copy = File.ReadAllBytes(LedgerFile);
        Reopen();
        return copy;
    }

    /// <summary>A new process on a ledger that an operator put in the place of the present one.</summary>
    public void UseLedger(byte[] copy)
    {
        Ledger.Dispose();
        File.WriteAllBytes(LedgerFile, copy);
        Reopen();
    }

    /// <summary>Sets the clock of the machine, as a wrong time server does; timers and the time since the start know nothing of it.</summary>
    public void SetClock(TimeSpan by) => _wall.Set(by);

    /// <summary>From now on the machine counts from a start of its own.</summary>
    public void Reboot() => _boot = new(Guid.NewGuid().ToString(), Time.GetTimestamp());

    public Task<IReadOnlyList<ContainerRecord>> ContainersAsync() => Engine.ListAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await Allocator.DisposeAsync();
        Ledger.Dispose();
        _directory.Dispose();
    }

    void Open()
    {
        Ledger = AllocationLedger.Open(StateDirectory);
        var clock = new RentalClock(new BootClock(() => new BootMoment(_boot.Id, Time.GetElapsedTime(_boot.Start))), _wall);
        Reconciler = new AllocationReconciler(Engine, Ledger, clock, NullLogger<AllocationReconciler>.Instance);
        Allocator = new Allocator(Engine, Ledger, Options, Settings, clock, _wall, NullLogger<Allocator>.Instance);
        Allocator.Changed += snapshot => Seen.Add(snapshot.State);
    }
}
