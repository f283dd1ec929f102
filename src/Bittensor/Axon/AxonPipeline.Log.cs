using System.Net;
using Microsoft.Extensions.Logging;

namespace Bittensor.Axon;

public sealed partial class AxonPipeline
{
    static partial class Log
    {
        [LoggerMessage(1000, LogLevel.Debug, "{Route} from {Address}: {Outcome}")]
        public static partial void Ended(ILogger logger, string route, AxonOutcome outcome, IPAddress address);

        [LoggerMessage(1001, LogLevel.Error, "A request for {Route} failed; the caller was told #{Id}")]
        public static partial void RequestFailed(ILogger logger, Exception exception, string route, Guid id);
    }
}
