namespace ComputeMiner.Cli;

/// <summary>Something the operator can do something about. The message says what was wrong, where, and what to do.</summary>
sealed class CommandFailedException(string message, int exitCode = ExitCode.Failed) : Exception(message)
{
    public int ExitCode => exitCode;
}
