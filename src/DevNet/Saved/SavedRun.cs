using DevNet.Registry;

namespace DevNet.Saved;

/// <summary>One run of the registry.</summary>
sealed record SavedRun(
    string Name, string Owner, long Sequence, DateTimeOffset CreatedAt, DateTimeOffset HeartbeatAt, RunState State, string DisplayName, string Config,
    string Summary, IReadOnlyList<string> Tags, IReadOnlyList<string> History, IReadOnlyList<string> Events, IReadOnlyList<string> Output)
{
    public static SavedRun Of(RunRecord run) => new(
        run.Name, run.Owner, run.Sequence, run.CreatedAt, run.HeartbeatAt, run.State, run.DisplayName, run.Config, run.Summary, [.. run.Tags], [.. run.History],
        [.. run.Events], [.. run.Output]);

    public RunRecord ToRecord(ProjectRecord project)
    {
        var run = new RunRecord(project, Name, Owner, Sequence, CreatedAt)
        {
            HeartbeatAt = HeartbeatAt, State = State, DisplayName = DisplayName, Config = Config, Summary = Summary, Tags = Tags,
        };
        run.History.AddRange(History);
        run.Events.AddRange(Events);
        run.Output.AddRange(Output);
        return run;
    }
}
