namespace ComputeMiner.Diagnostics;

/// <summary>What a log line looks like.</summary>
enum LogFormat
{
    Text,
    Json,
}
