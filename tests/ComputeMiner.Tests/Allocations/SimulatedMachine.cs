using ComputeMiner.Allocations;
using ComputeMiner.Containers;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ComputeMiner.Tests.Allocations;

/// <summary>A miner's allocation side on a simulated engine, a real ledger and a clock that the test moves.</summary>
sealed class SimulatedMachine : IAsyncDisposable
{
    public SimulatedMachine(AllocationOptions? options = null)
    {
        Options = options ?? new AllocationOptions();
        Engine = new SimulatedEngine(Time);
        Open();
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public SimulatedEngine Engine { get; }

    public ContainerOptions Settings { get; } = new();

    public AllocationOptions Options { get; }

    public string StateDirectory { get; } = Path.Combine(Directory.CreateTempSubdirectory().FullName, "state");

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

    public Task<IReadOnlyList<ContainerRecord>> ContainersAsync() => Engine.ListAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await Allocator.DisposeAsync();
        Ledger.Dispose();
        Directory.Delete(StateDirectory, recursive: true);
    }

    void Open()
    {
        Ledger = AllocationLedger.Open(StateDirectory);
        Reconciler = new AllocationReconciler(Engine, Ledger, Options, Time, NullLogger<AllocationReconciler>.Instance);
        Allocator = new Allocator(Engine, Ledger, Options, Settings, Time, NullLogger<Allocator>.Instance);
        Allocator.Changed += snapshot => Seen.Add(snapshot.State);
    }
}
