using System.Collections.Immutable;

namespace ComputeMiner.Cli;

/// <summary>Commands under a common word: "wallet create".</summary>
sealed class CommandGroup(string name, string summary, params ImmutableArray<CliCommand> commands) : CliEntry
{
    public override string Name => name;

    public override string Summary => summary;

    public ImmutableArray<CliCommand> Commands => commands;
}
