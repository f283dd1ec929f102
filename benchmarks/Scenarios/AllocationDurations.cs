namespace Scenarios;

/// <summary>One way to allocate, measured several times.</summary>
sealed class AllocationDurations
{
    readonly Durations _answer = new();
    readonly Durations _release = new();

    public Durations Greeting { get; } = new();

    public void Add((TimeSpan Answer, TimeSpan Greeting, TimeSpan Release) round)
    {
        _answer.Add(round.Answer);
        Greeting.Add(round.Greeting);
        _release.Add(round.Release);
    }

    public void AddTo(MarkdownTable table, string name)
    {
        table.Add([$"allocate {name}: request to answer", .. _answer.ToCells()]);
        table.Add([$"allocate {name}: request to the greeting read by the caller", .. Greeting.ToCells()]);
        table.Add([$"deallocate {name}: request to answer", .. _release.ToCells()]);
    }
}
