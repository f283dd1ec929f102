using Bittensor.Keys;

namespace ComputeMiner.Allocations;

sealed partial class Allocator
{
    private static partial class Log
    {
        /// <summary>Every line about one start carries the allocation's id.</summary>
        public static readonly Func<ILogger, string, IDisposable?> Scope = LoggerMessage.DefineScope<string>("allocation {Allocation}");

        [LoggerMessage(2000, LogLevel.Information, "Machine handed out as {Kind} to {Hotkey} until {Expires:u}")]
        public static partial void Allocated(ILogger logger, AllocationKind kind, Hotkey hotkey, DateTimeOffset expires);

        [LoggerMessage(2001, LogLevel.Warning, "Start of a {Kind} for {Hotkey} failed and was undone: {Reason}")]
        public static partial void StartFailed(ILogger logger, AllocationKind kind, Hotkey hotkey, string reason);

        [LoggerMessage(2002, LogLevel.Information, "Start of a {Kind} for {Hotkey} was undone: the caller's time was up, it went away, or a rental came first")]
        public static partial void StartCancelled(ILogger logger, AllocationKind kind, Hotkey hotkey);

        [LoggerMessage(2003, LogLevel.Information, "Allocation {Id} ({Kind}) is over: {Cause}")]
        public static partial void Released(ILogger logger, string id, AllocationKind kind, ReleaseCause cause);

        [LoggerMessage(2004, LogLevel.Error, "Allocation {Id} could not be released: {Reason}")]
        public static partial void ReleaseFailed(ILogger logger, string id, string reason);

        [LoggerMessage(2005, LogLevel.Error, "Clean-up after allocation {Id} failed and will be tried again: {Reason}")]
        public static partial void CleanUpFailed(ILogger logger, string id, string reason);

        [LoggerMessage(2006, LogLevel.Debug, "Clean-up after allocation {Id} goes on behind the answer")]
        public static partial void CleanUpGoesOn(ILogger logger, string id);

        [LoggerMessage(2007, LogLevel.Warning, "An action on the running allocation failed: {Reason}")]
        public static partial void ActionFailed(ILogger logger, string reason);

        [LoggerMessage(2008, LogLevel.Warning, "The machine could not be looked after: {Reason}")]
        public static partial void TendFailed(ILogger logger, string reason);
    }
}
