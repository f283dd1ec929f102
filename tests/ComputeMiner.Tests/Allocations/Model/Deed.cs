namespace ComputeMiner.Tests.Allocations.Model;

/// <summary>What can happen to a machine.</summary>
enum Deed
{
    AllocateRental,
    AllocateTest,
    AllocateTwiceAtOnce,
    Check,
    Pause,
    Resume,
    Restart,
    ExchangeKey,
    Deallocate,
    DeallocateUnderAnotherHotkey,
    ReleaseByOperator,
    TimePasses,
    Tend,
    ClockJumpsAhead,
    ClockJumpsBack,
    KillMiner,
    Reboot,
    LoseLedger,
    DeleteStateDirectory,
    ContainerDies,
    ContainerIsRemoved,
    KillDockerd,
    KillDockerdAllocating,
    DiskFills,
    DiskHasRoom,
    EngineLeaves,
    EngineReturns,
}
