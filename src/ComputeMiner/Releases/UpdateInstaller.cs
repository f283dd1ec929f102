using ComputeMiner.Allocations;
using ComputeMiner.Schedule;
using ComputeMiner.Updates;

namespace ComputeMiner.Releases;

/// <summary>
/// Brings a newer release to where it can be tried: fetched while nobody has the machine, then, with the machine closed to everybody,
/// unpacked and tested. What fails opens the machine again.
/// </summary>
/// <param name="site">What is installed where.</param>
/// <param name="allocator">Who has the machine.</param>
/// <param name="isWorking">Whether a challenge is being worked on.</param>
/// <param name="handOver">Called once, when the release is to be tried: this process is to make room for it.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">What an operator acts on.</param>
sealed partial class UpdateInstaller(
    UpdateSite site, Allocator allocator, Func<bool> isWorking, Action handOver, TimeProvider time, ILogger<UpdateInstaller> logger) : BackgroundService
{
    static readonly TimeSpan Round = TimeSpan.FromSeconds(10);
    static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMinutes(15);
    static readonly TimeSpan LongestPause = TimeSpan.FromDays(1);

    readonly UpdateStore _store = site.Store;
    volatile TaskCompletionSource _wake = new(TaskCreationOptions.RunContinuationsAsynchronously);
    volatile bool _isAsked;
    volatile bool _isWanted;
    volatile string? _progress;
    DateTimeOffset _notBefore;
    (string? Version, TimeSpan Pause) _lastFailure;

    /// <summary>The release waits to be tried, and this process is to end.</summary>
    public bool IsHandedOver { get; private set; }

    /// <summary>What is the case and what happens next.</summary>
    public string State => _progress ?? Judge().Said;

    /// <summary>Something is to be installed and is not, and nobody but the operator changes that.</summary>
    public bool IsTroubled => site.Settings.Mode == UpdateMode.Install && (site.Obstacle is not null
        || (_store.State is { Newest: { } newest } state && (state.HasFailed(newest.Version) || newest.PastItsEnd(time.GetUtcNow()) is not null)));

    /// <summary>Does once what mode install does by itself, with a release that failed before as well.</summary>
    /// <returns>What happens now; false when nothing can.</returns>
    public (bool Done, string Said) Ask()
    {
        if (site.Obstacle is { } obstacle)
            return (false, obstacle);
        (_isAsked, _isWanted, _notBefore) = (true, true, default);
        _wake.TrySetResult();
        return (true, "The release source is asked now; what is newer is installed as soon as nobody has the machine. `miner update status` shows it.");
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!IsHandedOver)
        {
            var wake = _wake = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            try
            {
                await RoundAsync(stoppingToken);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                Log.NotKept(logger, fault.Message);
            }
            using var pause = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            await Task.WhenAny(wake.Task, Task.Delay(Round, time, pause.Token));
            await pause.CancelAsync();
            stoppingToken.ThrowIfCancellationRequested();
        }
        // The others stop with the process.
        await Task.Delay(Timeout.InfiniteTimeSpan, time, stoppingToken);
    }

    /// <summary>One look: installs when there is something to install and nobody has the machine.</summary>
    public async Task RoundAsync(CancellationToken cancellation)
    {
        if (_isAsked)
            await CheckAsync(cancellation);
        if (Judge().Release is not { File: { } file } release || !IsIdle || (release.Version == _lastFailure.Version && time.GetUtcNow() < _notBefore))
            return;
        try
        {
            _progress = $"fetching {release.Version}";
            _store.Guard();
            if (await FetchAsync(release, file, cancellation) is not { } archive || !allocator.TryClose())
                return;
            var isTried = false;
            try
            {
                // Only now can no challenge begin any more.
                if (isWorking())
                    return;
                await InstallAsync(release, archive, cancellation);
                isTried = true;
            }
            finally
            {
                if (!isTried)
                    allocator.Reopen();
            }
        }
        catch (Exception fault) when (fault is ReleaseException or WebFileException or IOException or UnauthorizedAccessException)
        {
            Give(release, fault);
        }
        finally
        {
            _progress = IsHandedOver ? $"{release.Version} is being started" : null;
        }
    }

    bool IsIdle => allocator.Current is { Ready: true, Allocation: null } && !isWorking();

    // What the operator asked for is done with what the source says now.
    async Task CheckAsync(CancellationToken cancellation)
    {
        _isAsked = false;
        string? fault = null;
        try
        {
            _progress = "asking the release source";
            await site.Check.RunAsync(cancellation);
        }
        catch (JobFailedException failed)
        {
            fault = failed.Message;
        }
        finally
        {
            _progress = null;
        }
        if (fault is null && Judge() is { Release: null, Said: var said })
            fault = said;
        if (fault is null)
            return;
        _isWanted = false;
        _store.Change(state => state with { Result = $"nothing was installed: {fault}", ResultAt = time.GetUtcNow() });
    }

    /// <summary>Null when somebody got the machine meanwhile: line and disk are the renter's.</summary>
    async Task<string?> FetchAsync(KnownRelease release, ReleaseFile file, CancellationToken cancellation)
    {
        using var free = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        allocator.Changed += StopWhenTaken;
        try
        {
            return await site.Download.FetchAsync(release, file, free.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            _store.Sweep();
            return null;
        }
        finally
        {
            allocator.Changed -= StopWhenTaken;
        }

        void StopWhenTaken(AllocationSnapshot snapshot)
        {
            if (snapshot.Allocation is not null)
                _ = free.CancelAsync();
        }
    }

    async Task InstallAsync(KnownRelease release, string archive, CancellationToken cancellation)
    {
        _progress = $"testing {release.Version}";
        Log.Testing(logger, release.Version);
        _store.Guard();
        await ReleaseArchive.UnpackAsync(archive, _store.PathOf(release.Version), cancellation);
        await site.Test.RunAsync(_store.ProgramOf(release.Version), release.Version, cancellation);
        var digest = ReleaseTree.Digest(_store.PathOf(release.Version)) ?? throw new IOException($"{_store.PathOf(release.Version)} cannot be read.");
        File.Delete(archive);
        _store.Change(state => state with { Trial = new TrialRelease(release.Version, digest, ReleaseVersion.Own.Text) });
        IsHandedOver = true;
        Log.HandingOver(logger, release.Version);
        handOver();
    }

    void Give(KnownRelease release, Exception fault)
    {
        Log.Failed(logger, release.Version, fault.Message);
        var pause = _lastFailure.Version == release.Version ? 2 * _lastFailure.Pause : PauseAfterFailure;
        _lastFailure = (release.Version, pause < LongestPause ? pause : LongestPause);
        (_isWanted, _notBefore) = (false, time.GetUtcNow() + _lastFailure.Pause);
        // Before anything is written: the disk may be full, and perhaps of this.
        _store.Sweep();
        try
        {
            if (fault is ReleaseException { IsFinal: true })
                _store.Fail(release.Version, fault.Message, $"{ReleaseVersion.Own} goes on", time.GetUtcNow());
            else
                _store.Change(state => state with { Result = $"release {release.Version} was not installed: {fault.Message}", ResultAt = time.GetUtcNow() });
        }
        catch (Exception full) when (full is IOException or UnauthorizedAccessException)
        {
            Log.Failed(logger, release.Version, full.Message);
        }
    }

    (KnownRelease? Release, string Said) Judge()
    {
        var state = _store.State;
        if (site.Settings.Mode == UpdateMode.Off)
            return (null, "off");
        if (site.Settings.Url is null)
            return (null, UpdateCheck.NoSource);
        if (state.Newest is not { } newest)
            return (null, state.CheckFault is { } fault ? $"nothing is known: {fault}" : "not asked yet");
        if (newest.Parsed() <= ReleaseVersion.Own)
            return (null, "up to date");
        if (newest.File is null)
            return (null, $"{newest.Version} has no archive for {ReleaseManifest.Platform}, only for {string.Join(", ", newest.Platforms)}");
        if (site.Settings.Mode != UpdateMode.Install && !_isWanted)
            return (null, $"{newest.Version} is there; `miner update install` installs it{(newest.IsSigned ? "" : ", with --update.key")}");
        if (site.Obstacle is { } obstacle)
            return (null, obstacle);
        if (!newest.IsSigned)
            return (null, $"{newest.Version} was read without --update.key and is not installed");
        if (newest.SignedBy != site.Settings.Key?.ToString())
            return (null, $"{newest.Version} was signed with another key than --update.key and is not installed");
        if (newest.PastItsEnd(time.GetUtcNow()) is { } late)
            return (null, late);
        if (state.HasFailed(newest.Version) && !_isWanted)
            return (null, $"{newest.Version} failed and is not tried again by itself; `miner update install` does");
        return (newest, IsIdle ? $"{newest.Version} is installed next" : $"{newest.Version} waits until nobody has the machine");
    }

    static partial class Log
    {
        [LoggerMessage(6337, LogLevel.Information, "Release {Version} is there and signed; nothing is handed out while it is tested")]
        public static partial void Testing(ILogger logger, string version);

        [LoggerMessage(6338, LogLevel.Warning, "Release {Version} passed its tests; the miner makes room for it")]
        public static partial void HandingOver(ILogger logger, string version);

        [LoggerMessage(6347, LogLevel.Error, "What is known of newer versions cannot be kept: {Reason}")]
        public static partial void NotKept(ILogger logger, string reason);

        [LoggerMessage(6339, LogLevel.Error, "Release {Version} is not installed: {Reason}")]
        public static partial void Failed(ILogger logger, string version, string reason);
    }
}
