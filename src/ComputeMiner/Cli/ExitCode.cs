namespace ComputeMiner.Cli;

/// <summary>What the shell is told.</summary>
static class ExitCode
{
    public const int Good = 0;

    /// <summary>Tried and failed, or stopped.</summary>
    public const int Failed = 1;

    /// <summary>Asked wrongly; nothing was tried.</summary>
    public const int WrongUsage = 2;
}
