using ComputeMiner.Allocations;

namespace ComputeMiner.Tests.Allocations.Model;

/// <summary>Who has the machine, as the model knows it.</summary>
sealed class Holding(Renter owner, AllocationKind kind, string id, DateTimeOffset end, string file)
{
    public Renter Owner { get; } = owner;

    public AllocationKind Kind { get; } = kind;

    public string Id { get; } = id;

    /// <summary>Never over before, by the time that really passed.</summary>
    public DateTimeOffset End { get; } = end;

    /// <summary>What the renter wrote into the container.</summary>
    public string File { get; } = file;

    /// <summary>Time given away on doubt: over at <see cref="End"/> plus this at the latest.</summary>
    public TimeSpan Given { get; set; }

    /// <summary>The machine started anew since: without the ledger only a wall clock within the allocation's time is believed.</summary>
    public bool Rebooted { get; set; }

    public bool Paused { get; set; }

    /// <summary>The container's processes ended, and nobody looked after it since.</summary>
    public bool Dead { get; set; }

    /// <summary>Taken over from a container whose start was cut off, with no ledger to tell: on doubt it is somebody's.</summary>
    public bool HalfMade { get; set; }

    /// <summary>Somebody removed the container.</summary>
    public bool Lost { get; set; }

    /// <summary>Nothing but its owner, its end or the operator may take it away.</summary>
    public bool IsProtected => Kind == AllocationKind.Rental;
}
