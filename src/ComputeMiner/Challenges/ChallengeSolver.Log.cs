namespace ComputeMiner.Challenges;

sealed partial class ChallengeSolver
{
    static partial class Log
    {
        [LoggerMessage(5000, LogLevel.Information, "Challenges are worked on by hashcat {Version} ({Path}) on the {Device}")]
        public static partial void Ready(ILogger logger, string version, string path, string device);

        [LoggerMessage(5001, LogLevel.Debug, "{RunId}: received, {Waiting} wait")]
        public static partial void Received(ILogger logger, string runId, int waiting);

        [LoggerMessage(5002, LogLevel.Debug, "{RunId}: hashcat starts")]
        public static partial void Working(ILogger logger, string runId);

        [LoggerMessage(5003, LogLevel.Information, "{RunId}: solved in {Seconds:0.00} s")]
        public static partial void Solved(ILogger logger, string runId, double seconds);

        [LoggerMessage(5004, LogLevel.Warning, "{RunId}: hashcat ended with {Code}, {Meaning}. {Errors}")]
        public static partial void Failed(ILogger logger, string runId, int code, string meaning, string errors);

        [LoggerMessage(5005, LogLevel.Information, "{RunId}: not solved after {Seconds:0.00} s: {Cause}")]
        public static partial void Stopped(ILogger logger, string runId, double seconds, string cause);

        [LoggerMessage(5006, LogLevel.Warning, "{RunId}: hashcat says that it found the password, and what it wrote is not it. Is {Path} hashcat?")]
        public static partial void WrongResult(ILogger logger, string runId, string path);

        [LoggerMessage(5008, LogLevel.Error,
            "{RunId}: hashcat (process {Process}) was killed and does not end. No challenge is worked on until it does; a hung driver needs a restart of the machine")]
        public static partial void Hung(ILogger logger, string runId, int process);

        [LoggerMessage(5009, LogLevel.Information, "hashcat (process {Process}) has ended at last; challenges are worked on again")]
        public static partial void HungEnded(ILogger logger, int process);

        [LoggerMessage(5007, LogLevel.Warning, "{RunId}: {Fault}")]
        public static partial void Unusable(ILogger logger, string runId, string fault);
    }
}
