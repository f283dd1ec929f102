namespace ComputeMiner.Allocations;

/// <summary>
/// The steps of an allocation's life that change something outside of memory. The process may die before and after each of them, and every
/// such death leads somewhere good.
/// </summary>
enum CrashPoint
{
    /// <summary>The ledger holds the promise.</summary>
    WriteReserving,
    Create,

    /// <summary>A container that was kept ahead gets its name and facts.</summary>
    Assign,
    WriteStarting,
    Deliver,
    Start,
    WaitForSsh,

    /// <summary>The ledger holds the allocation as running: at the end of its start, on resume and on restart.</summary>
    WriteRunning,
    WritePaused,
    Pause,
    Resume,
    Restart,
    ReadFile,
    ReplaceFile,

    /// <summary>The ledger holds the end, whatever caused it.</summary>
    WriteReleasing,
    Remove,

    /// <summary>The ledger holds nothing any more.</summary>
    WriteFree,

    /// <summary>The containers are looked at; changes nothing.</summary>
    List,
}
