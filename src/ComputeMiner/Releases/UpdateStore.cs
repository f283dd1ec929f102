namespace ComputeMiner.Releases;

/// <summary>
/// The directory of newer versions in the state directory: what is known of them, and their programs. Written by one process at a time:
/// the miner that runs, or the one that started it while that does not run.
/// </summary>
sealed class UpdateStore(string stateDirectory)
{
    public const string DirectoryName = "updates";
    public const string FileName = "state.json";
    public const string ProgramName = "miner";

    const int MostFailed = 20;
    const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    readonly Lock _turn = new();
    readonly JsonStateFile<UpdateState> _file = new(Path.Combine(stateDirectory, DirectoryName, FileName), ReleasesJson.Default.UpdateState);
    UpdateState? _state;

    public string Root { get; } = Path.GetFullPath(Path.Combine(stateDirectory, DirectoryName));

    /// <summary>As this process knows it; only another one's changes need a new store.</summary>
    public UpdateState State
    {
        get
        {
            lock (_turn)
                return _state ??= (_file.Read() ?? new UpdateState()).Checked();
        }
    }

    public string PathOf(string version) => Path.Combine(Root, version);

    public string ProgramOf(string version) => Path.Combine(Root, version, ProgramName);

    /// <summary>On disk first: what this process knows is what the next one will.</summary>
    /// <exception cref="IOException">It cannot be kept; the state stays as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public UpdateState Change(Func<UpdateState, UpdateState> change)
    {
        lock (_turn)
        {
            var next = change(State);
            _file.Write(next);
            return _state = next;
        }
    }

    /// <summary>The release on trial is no good: it is not tried again by itself.</summary>
    public void Fail(string version, string reason, string consequence, DateTimeOffset now) => Change(state => Failed(state, version, reason, consequence, now) with
    {
        Trial = state.Trial?.Version == version ? null : state.Trial,
    });

    /// <summary>The installed release is no good after all: the one before is the installed one again.</summary>
    public void GoBack(ReleaseWatch watch, string reason, string consequence, DateTimeOffset now) =>
        Change(state => Failed(state, watch.Version, reason, consequence, now) with { Installed = watch.Before, Watch = null });

    static UpdateState Failed(UpdateState state, string version, string reason, string consequence, DateTimeOffset now) => state with
    {
        Failed = [.. state.Failed.Where(failed => failed.Version != version).TakeLast(MostFailed - 1), new FailedRelease(version, reason, now)],
        Result = $"release {version} {reason}; {consequence}",
        ResultAt = now,
    };

    /// <summary>The axon stops listening, and another version is to listen next. A full disk costs the figure and nothing else.</summary>
    public void NoteStopping(DateTimeOffset now) => TryChange(state => state with { StoppedAt = now });

    /// <summary>
    /// The axon listens. Says so to whoever watches a trial, and how long nobody listened. A full disk costs the figure, and a trial.
    /// </summary>
    public void NoteListening(DateTimeOffset now)
    {
        if (State is { StoppedAt: null, Trial: null })
            return;
        TryChange(state => state with
        {
            StoppedAt = null,
            AwaySeconds = state.StoppedAt is { } stopped ? Math.Max(0, (now - stopped).TotalSeconds) : state.AwaySeconds,
            Trial = state.Trial is { } trial ? trial with { ListeningAt = now } : null,
        });
    }

    /// <summary>As <see cref="Change"/>, for what the miner goes on without: false when it cannot be kept.</summary>
    public bool TryChange(Func<UpdateState, UpdateState> change)
    {
        try
        {
            Change(change);
            return true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Makes the directory.</summary>
    public void Prepare() => Directory.CreateDirectory(Root, Private);

    /// <summary>A program is run from here only where nobody else can have put it.</summary>
    /// <exception cref="ReleaseException">Another user can write here.</exception>
    public void Guard()
    {
        if ((PrivateDirectory.FaultOf(stateDirectory, isItself: false) ?? PrivateDirectory.FaultOf(Root, isItself: true)) is { } fault)
            throw new ReleaseException($"lies where others can write ({fault}): delete {Root} if you do not know who did");
    }

    /// <summary>Removes what belongs to no release that is installed or on trial. What cannot be removed stays for the next time.</summary>
    public void Sweep()
    {
        var state = State;
        string?[] kept =
        [
            state.Installed?.Version, state.Trial?.Version, state.Watch?.Before?.Version, FileName, LauncherLock.FileName, LedgerCopy.DirectoryName,
            state.Watch is null ? null : LedgerCopy.BeforeName,
        ];
        try
        {
            foreach (var path in Directory.EnumerateFileSystemEntries(Root).Where(path => !kept.Contains(Path.GetFileName(path))))
            {
                if (Directory.Exists(path))
                    Directory.Delete(path, recursive: true);
                else
                    File.Delete(path);
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // It costs space and nothing else.
        }
    }
}
