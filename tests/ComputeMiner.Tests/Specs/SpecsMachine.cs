using System.Text.Json.Nodes;
using ComputeMiner.Containers;
using ComputeMiner.Gpus;
using ComputeMiner.Specs;
using ComputeMiner.Tests.Gpus;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ComputeMiner.Tests.Specs;

/// <summary>A miner's hardware document on a machine whose GPUs, files and engine a test sets. The clock moves a little with each look at it.</summary>
sealed class SpecsMachine : IDisposable
{
    readonly List<string> _chosen = [];

    SpecsMachine(FakeGpus? gpus)
    {
        Gpus = gpus;
        Inventory = gpus?.Inventory ?? new GpuInventory("libno-such-nvml.so.1", "/nonexistent/nvidia-smi");
        Machine = new FakeMachine().Intel();
        // What is below lies on a disk.
        State = Directory.CreateDirectory(Path.Combine(Checkout.Root, "artifacts", "specs-" + Guid.NewGuid().ToString("N"))).FullName;
    }

    public FakeGpus? Gpus { get; }

    public FakeMachine Machine { get; }

    public string State { get; }

    public GpuInventory Inventory { get; set; }

    public FakeTimeProvider Time { get; } = new() { AutoAdvanceAmount = TimeSpan.FromMilliseconds(1) };

    public bool Rented { get; set; }

    public bool DockerWorks { get; set; } = true;

    /// <summary>Why it is not known which GPUs are handed out.</summary>
    public string? Unknown { get; set; }

    /// <summary>Called each time somebody asks who has the machine.</summary>
    public Action? Asking { get; set; }

    public int RentedAsked { get; private set; }

    /// <summary>The clock that limits the parts; the machine's own where something is to hang for real.</summary>
    public TimeProvider? RealTime { get; set; }

    public static async Task<SpecsMachine> MakeAsync(params string[] gpus)
    {
        var machine = new SpecsMachine(await FakeGpus.MakeAsync());
        machine.SetGpus(gpus);
        return machine;
    }

    public static SpecsMachine WithoutDriver() => new(null);

    public static string[] Cards(int count, string name = "NVIDIA H200", int memory = 143771, string clocks = "1980|2619", string state = "ok") =>
        [.. Enumerable.Range(1, count).Select(i => FakeGpus.Line(Uuid(i), i.ToString("X2", null), name: name, memory: memory, clocks: clocks, state: state))];

    public static string Uuid(int number) => $"GPU-{number:x8}-0000-0000-0000-000000000000";

    /// <summary>From now on the driver tells these, and all of them are chosen to be handed out.</summary>
    public void SetGpus(params string[] lines)
    {
        Gpus!.Set(lines);
        Choose(lines.Length);
    }

    public void Choose(int count)
    {
        _chosen.Clear();
        _chosen.AddRange(Enumerable.Range(1, count).Select(Uuid));
    }

    /// <summary>The miner's, as after a restart.</summary>
    public SpecsSource Open(TimeSpan? patience = null)
    {
        var probes = new SpecsProbes
        {
            Gpus = token => Inventory.ReadAsync(token),
            HandedOut = _ => Unknown is { } reason ? throw new GpuReadException(reason) : [.. _chosen],
            Docker = _ => DockerWorks ? Task.CompletedTask : throw new ContainerEngineException("No engine."),
            SpeedDirectory = State,
            Files = Machine.Files,
            Patience = patience ?? TimeSpan.FromMinutes(2),
            GpuPatience = patience ?? TimeSpan.FromMinutes(2),
        };
        return SpecsSource.Open(probes, State, IsRented, RealTime ?? Time, NullLogger<SpecsSource>.Instance);
    }

    public static async Task<JsonObject?> RefreshAsync(SpecsSource source)
    {
        await source.RefreshAsync(TestContext.Current.CancellationToken);
        return source.Current;
    }

    public void Dispose()
    {
        Gpus?.Dispose();
        Machine.Dispose();
        Directory.Delete(State, recursive: true);
    }

    bool IsRented()
    {
        RentedAsked++;
        Asking?.Invoke();
        return Rented;
    }
}
