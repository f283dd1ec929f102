namespace ComputeMiner.Allocations;

/// <summary>
/// What must be so before the machine goes to its next holder. Asked by the allocator before it hands anything out; never ends what runs.
/// </summary>
interface IHandOverGate
{
    /// <summary>The machine was looked at since its last holder and nothing is in the way. From memory.</summary>
    bool IsClear { get; }

    /// <summary>What the last look found in the way; null when nothing was. From memory.</summary>
    string? Obstacle { get; }

    /// <summary>What there is to say, for the status.</summary>
    string Detail { get; }

    /// <summary>Waits a little for what the last holder left behind to be gone. Null when all is clear, else what is in the way.</summary>
    Task<string?> ClearAsync(CancellationToken cancellation);
}
