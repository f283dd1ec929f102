using System.Collections.Immutable;
using ComputeMiner.Configuration;

namespace ComputeMiner.Cli;

/// <summary>One command: what it accepts, what its help says, and what it does.</summary>
abstract class CliCommand : CliEntry
{
    /// <summary>A command line that works, for the help.</summary>
    public abstract string Example { get; }

    /// <summary>The settings of the miner it accepts, from any of their sources.</summary>
    public virtual IEnumerable<Setting> Settings => [];

    /// <summary>Its own flags.</summary>
    public virtual ImmutableArray<CommandFlag> Flags => [];

    /// <summary>Stands in the help for the one word it needs beside flags; null when it needs none.</summary>
    public virtual string? Argument => null;

    /// <summary>It prints data and takes --json.</summary>
    public virtual bool PrintsData => false;

    /// <summary>It is what the reference's command line, which has no command word, means.</summary>
    public virtual bool IsReferenceForm => false;

    /// <summary>Does the work. The exit code: see <see cref="ExitCode"/>.</summary>
    /// <exception cref="CommandFailedException">What the operator can do something about.</exception>
    public abstract Task<int> RunAsync(CommandContext context, CancellationToken cancellation);
}
