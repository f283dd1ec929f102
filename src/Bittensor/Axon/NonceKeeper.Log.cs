using Microsoft.Extensions.Logging;

namespace Bittensor.Axon;

sealed partial class NonceKeeper
{
    static partial class Log
    {
        [LoggerMessage(1200, LogLevel.Warning,
            "The nonces of earlier runs in {Path} cannot be read: {Fault} Requests are let in again once the clock is {Seconds} s further")]
        public static partial void Unreadable(ILogger logger, string path, string fault, double seconds);

        [LoggerMessage(1201, LogLevel.Warning,
            "The clock is {Seconds} s behind the last run's. No request is let in until it is as late; check the time service")]
        public static partial void ClockSetBack(ILogger logger, double seconds);

        [LoggerMessage(1202, LogLevel.Error,
            "The nonces cannot be written to {Path}: {Fault} Callers whose clock is ahead of this machine's are refused until they can")]
        public static partial void CannotWrite(ILogger logger, string path, string fault);

        [LoggerMessage(1204, LogLevel.Error,
            "The nonces cannot be marked in {Path}: {Fault} Each request is written to disk on its own until they can, which takes longer")]
        public static partial void CannotMark(ILogger logger, string path, string fault);

        [LoggerMessage(1203, LogLevel.Information, "The nonces are written to {Path} again")]
        public static partial void WritesAgain(ILogger logger, string path);
    }
}
