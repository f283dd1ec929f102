namespace ComputeMiner.Cli;

/// <summary>A word of the command line: a command, or a group of commands.</summary>
abstract class CliEntry
{
    public abstract string Name { get; }

    /// <summary>One line for the list of commands.</summary>
    public abstract string Summary { get; }
}
