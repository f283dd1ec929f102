using Bittensor.Keys;

namespace ComputeMiner.Allocations;

/// <summary>How long the machine is given away and to whom it answers.</summary>
sealed class AllocationOptions
{
    public const string Section = "Allocation";

    /// <summary>Longest rental, whatever the caller asks. Default 365 days.</summary>
    public TimeSpan MaxRental { get; set; } = TimeSpan.FromDays(365);

    /// <summary>Longest test. Default 15 minutes; a validator's whole test takes at most 5.</summary>
    public TimeSpan MaxTest { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Hotkeys of rental services that may manage an allocation with its public key although another hotkey made it. Default none.</summary>
    public IReadOnlySet<Hotkey> ServiceHotkeys { get; set; } = new HashSet<Hotkey>();

    /// <summary>How often ends and containers are looked after. Default 5 s.</summary>
    public TimeSpan TendInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often the time spent is written down. Default 1 minute.</summary>
    public TimeSpan ClockInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>A release answers after this long at the latest and cleans up behind. Default 200 ms: the answer itself takes a few more.</summary>
    public TimeSpan ReleaseAnswer { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>A repeated release of the same key is answered with success for this long. Default 1 hour.</summary>
    public TimeSpan ReleaseMemory { get; set; } = TimeSpan.FromHours(1);
}
