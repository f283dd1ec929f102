using ComputeMiner.Containers;
using ComputeMiner.Gpus;

namespace ComputeMiner.Specs;

/// <summary>Where the parts of the document come from.</summary>
sealed class SpecsProbes
{
    /// <summary>All GPUs that work; fails when the driver does not tell.</summary>
    public required Func<CancellationToken, Task<IReadOnlyList<Gpu>>> Gpus { get; init; }

    /// <summary>UUIDs of those that are handed out, whether they were found or not.</summary>
    public required Func<IReadOnlyList<Gpu>, IReadOnlyList<string>> HandedOut { get; init; }

    /// <summary>Fails when containers cannot be made.</summary>
    public required Func<CancellationToken, Task> Docker { get; init; }

    /// <summary>Where the disk is measured; null to measure neither disk nor memory.</summary>
    public required string? SpeedDirectory { get; init; }

    public MachineFiles Files { get; init; } = new();

    /// <summary>How long one part may take.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>The driver's library and its program each have their own limit, one after the other, and say what is wrong.</summary>
    public TimeSpan GpuPatience { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>Those of this machine.</summary>
    public static SpecsProbes Of(
        GpuInventory inventory, Func<IReadOnlyList<Gpu>, IReadOnlyList<string>> handedOut, IContainerEngine engine, string? speedDirectory) => new()
        {
            Gpus = inventory.ReadAsync,
            HandedOut = handedOut,
            Docker = engine.ProbeAsync,
            SpeedDirectory = speedDirectory,
        };
}
