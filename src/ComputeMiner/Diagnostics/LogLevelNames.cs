namespace ComputeMiner.Diagnostics;

static class LogLevelNames
{
    /// <summary>The level in lower case, as it stands in the log.</summary>
    public static string Name(this LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "error",
        _ => "fatal",
    };
}
