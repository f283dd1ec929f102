using Bittensor.Keys;

namespace ComputeMiner.Allocations;

sealed partial class AllocationReconciler
{
    private static partial class Log
    {
        [LoggerMessage(2020, LogLevel.Information, "Restored allocation {Id} ({Kind}, {State}), it ends {Expires:u}")]
        public static partial void Restored(ILogger logger, string id, AllocationKind kind, AllocationState state, DateTimeOffset expires);

        [LoggerMessage(2021, LogLevel.Information, "Finished the end of allocation {Id} ({Kind}) that was cut off")]
        public static partial void Finished(ILogger logger, string id, AllocationKind kind);

        [LoggerMessage(2022, LogLevel.Warning, "Removed container {Name} ({Id}): it was ours and belonged to no allocation")]
        public static partial void OrphanRemoved(ILogger logger, string name, string id);

        [LoggerMessage(2023, LogLevel.Error, "The container of allocation {Id} ({Kind}) is gone")]
        public static partial void ContainerLost(ILogger logger, string id, AllocationKind kind);

        [LoggerMessage(2024, LogLevel.Warning, "The container of allocation {Id} ({Kind}) had ended; starting it again")]
        public static partial void StartedAgain(ILogger logger, string id, AllocationKind kind);

        [LoggerMessage(2025, LogLevel.Warning, "The ledger was lost; rental {Id} of {Hotkey} is taken back from its container's labels")]
        public static partial void Adopted(ILogger logger, string id, Hotkey hotkey);

        [LoggerMessage(2028, LogLevel.Error, "The ledger is older than the machine: it names allocation {Id} of {Hotkey}, whose container is gone, while rental {Found} runs, which keeps the machine")]
        public static partial void Replaced(ILogger logger, string id, Hotkey hotkey, string found);

        [LoggerMessage(2029, LogLevel.Error, "Container {Name} ({Id}) is ours and not in the ledger; a renter may be in it, so it stays")]
        public static partial void Kept(ILogger logger, string name, string id);

        [LoggerMessage(2026, LogLevel.Error, "The container of allocation {Id} ({Kind}) cannot be brought up, the allocation stays: {Reason}")]
        public static partial void RepairFailed(ILogger logger, string id, AllocationKind kind, string reason);

        [LoggerMessage(2027, LogLevel.Warning, "Container {Name} ({Id}) is ours, belongs to no allocation and cannot be removed: {Reason}")]
        public static partial void OrphanStays(ILogger logger, string name, string id, string reason);
    }
}
