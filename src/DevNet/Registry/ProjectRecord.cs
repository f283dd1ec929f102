namespace DevNet.Registry;

/// <summary>A project: its runs in the order they were made, and the names that can never be used again.</summary>
sealed class ProjectRecord(string entity, string name)
{
    public string Entity => entity;

    public string Name => name;

    public List<RunRecord> Runs { get; } = [];

    public HashSet<string> DeletedNames { get; } = [];

    public RunRecord? Find(string run) => Runs.Find(r => r.Name == run);
}
