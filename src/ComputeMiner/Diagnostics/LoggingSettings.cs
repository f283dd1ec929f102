namespace ComputeMiner.Diagnostics;

/// <summary>How much is logged, and how it looks.</summary>
sealed class LoggingSettings
{
    /// <summary>Log at Debug. Default false.</summary>
    public bool Debug { get; set; }

    /// <summary>Log at Trace; wins over the other two. Default false.</summary>
    public bool Trace { get; set; }

    /// <summary>Log at Information, which is what happens anyway. Default false.</summary>
    public bool Info { get; set; }

    /// <summary>Text for people or JSON for machines. Default text.</summary>
    public LogFormat Format { get; set; } = LogFormat.Text;

    /// <summary>The level the switches ask for; trace wins over debug, debug over info, as in the reference.</summary>
    public LogLevel Level => Trace ? LogLevel.Trace : Debug ? LogLevel.Debug : LogLevel.Information;
}
