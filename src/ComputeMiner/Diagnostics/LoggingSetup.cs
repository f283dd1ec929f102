using Microsoft.Extensions.Logging.Console;

namespace ComputeMiner.Diagnostics;

/// <summary>Where the log goes and what it looks like: standard error, so that standard output stays data.</summary>
static class LoggingSetup
{
    public static ILoggingBuilder AddMinerLog(this ILoggingBuilder logging, LoggingSettings settings)
    {
        logging.ClearProviders().SetMinimumLevel(settings.Level).AddConsole(options =>
        {
            options.LogToStandardErrorThreshold = LogLevel.Trace;
            // Who logs would wait otherwise, the axon's threads first: a terminal stopped with Ctrl-S costs lines, which are counted, not the miner.
            options.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite;
            options.FormatterName = settings.Format == LogFormat.Json ? JsonLogFormatter.FormatterName : TextLogFormatter.FormatterName;
        });
        // The framework speaks per request at Information, which is Debug by our measure.
        if (settings.Level == LogLevel.Information)
            logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.Services.AddSingleton<ConsoleFormatter>(services => new TextLogFormatter(Clock(services)));
        logging.Services.AddSingleton<ConsoleFormatter>(services => new JsonLogFormatter(Clock(services)));
        return logging;
    }

    static TimeProvider Clock(IServiceProvider services) => services.GetService<TimeProvider>() ?? TimeProvider.System;
}
