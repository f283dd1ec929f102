namespace Bittensor.Compute;

/// <summary>What a caller asks of the machine; each part may be missing.</summary>
public sealed record DeviceRequirement
{
    /// <summary>Processors.</summary>
    public CpuRequirement? Cpu { get; init; }

    /// <summary>Graphics processors; an empty object asks for none in particular.</summary>
    public GpuRequirement? Gpu { get; init; }

    /// <summary>Disk space.</summary>
    public CapacityRequirement? HardDisk { get; init; }

    /// <summary>Memory.</summary>
    public CapacityRequirement? Ram { get; init; }

    /// <summary>True for a validator's short test, which a rental pre-empts; absent means false.</summary>
    public bool? Testing { get; init; }
}

/// <summary>How many processors.</summary>
public sealed record CpuRequirement
{
    /// <summary>Number of CPUs.</summary>
    public long? Count { get; init; }
}

/// <summary>How many graphics processors and which.</summary>
public sealed record GpuRequirement
{
    /// <summary>Number of GPUs.</summary>
    public long? Count { get; init; }

    /// <summary>Memory per GPU in megabytes.</summary>
    public double? Capacity { get; init; }

    /// <summary>Model name, or part of one.</summary>
    public string? Type { get; init; }
}

/// <summary>An amount of disk or memory.</summary>
public sealed record CapacityRequirement
{
    /// <summary>Bytes; callers send integers and floats.</summary>
    public double? Capacity { get; init; }
}
