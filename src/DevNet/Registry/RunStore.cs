using System.Security.Cryptography;
using DevNet.Saved;

namespace DevNet.Registry;

/// <summary>All projects and their runs; the lock around them; and the clock that lets a silent run crash.</summary>
sealed class RunStore
{
    /// <summary>Without a post for this long a run counts as crashed (the service's documentation says about five minutes).</summary>
    static readonly TimeSpan CrashAfter = TimeSpan.FromMinutes(5);

    readonly TimeProvider _time;
    readonly List<ProjectRecord> _projects = [];
    long _sequence;

    public RunStore(DevRegistryOptions options)
    {
        _time = options.Time;
        var project = new ProjectRecord(options.Entity, options.Project);
        _projects.Add(project);
        if (options.From?.Registry is not { } saved)
            return;
        project.Runs.AddRange(saved.Runs.Select(run => run.ToRecord(project)));
        project.DeletedNames.UnionWith(saved.DeletedNames);
        _sequence = saved.Sequence;
    }

    public Lock Gate { get; } = new();

    public ProjectRecord? Find(string? entity, string? project) => _projects.Find(p => p.Entity == entity && p.Name == project);

    public RunRecord? FindByStorageId(string id) => _projects.SelectMany(p => p.Runs).FirstOrDefault(r => r.StorageId == id);

    public RunRecord Create(ProjectRecord project, string name, string owner)
    {
        var run = new RunRecord(project, name, owner, ++_sequence, _time.GetUtcNow());
        project.Runs.Add(run);
        return run;
    }

    public static void Delete(RunRecord run)
    {
        run.Project.Runs.Remove(run);
        run.Project.DeletedNames.Add(run.Name);
    }

    /// <summary>What a later run can go on from.</summary>
    public SavedRegistry Save()
    {
        Sweep();
        return new SavedRegistry([.. _projects[0].Runs.Select(SavedRun.Of)], [.. _projects[0].DeletedNames], _sequence);
    }

    /// <summary>A sign of life. One that comes after the run crashed or finished sets it going again.</summary>
    public void Beat(RunRecord run)
    {
        run.HeartbeatAt = _time.GetUtcNow();
        run.State = RunState.Running;
    }

    /// <summary>Marks the runs that fell silent. Called before runs are read.</summary>
    public void Sweep()
    {
        var now = _time.GetUtcNow();
        foreach (var run in _projects.SelectMany(p => p.Runs))
        {
            if (run.State == RunState.Running && now - run.HeartbeatAt >= CrashAfter)
                run.State = RunState.Crashed;
        }
    }

    /// <summary>Eight characters, as clients of the service make them too.</summary>
    public static string NewName() => RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", 8);
}
