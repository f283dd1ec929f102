using System.Text.Json.Nodes;
using Bittensor.Keys;

namespace ComputeMiner.Registry;

/// <summary>
/// Keeps the registry showing what the miner is. One worker does all writing: it compares the document with what was sent last, so that
/// an outage of any length costs one write, and no request ever waits for the registry. A post at least every 30 seconds keeps the run's
/// state <c>running</c>, without which validators do not read it.
/// </summary>
/// <param name="access">Where to.</param>
/// <param name="hotkey">Signs the run.</param>
/// <param name="facts">What the miner is at this moment.</param>
/// <param name="outbox">What must outlive the process.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told what an operator acts on.</param>
sealed partial class RegistryPublisher(
    RegistryAccess access, Keypair hotkey, Func<RegistryFacts> facts, RegistryOutbox outbox, TimeProvider time,
    ILogger<RegistryPublisher> logger) : BackgroundService
{
    /// <summary>The service calls a run crashed after five minutes without a post.</summary>
    static readonly TimeSpan Beat = TimeSpan.FromSeconds(27);

    /// <summary>Changes that come together go together.</summary>
    static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    /// <summary>Between two documents; the service limits the whole project, not each of us.</summary>
    static readonly TimeSpan BetweenDocuments = TimeSpan.FromSeconds(10);

    /// <summary>Between two looks at whether the run still holds what we wrote.</summary>
    static readonly TimeSpan BetweenLooks = TimeSpan.FromMinutes(15);

    static readonly TimeSpan KeyRetry = TimeSpan.FromMinutes(10);
    static readonly TimeSpan PermissionRetry = TimeSpan.FromMinutes(15);

    /// <summary>What the end of the program waits for each of the farewell's two parts.</summary>
    static readonly TimeSpan FarewellPatience = TimeSpan.FromSeconds(1.5);

    readonly SemaphoreSlim _changed = new(0, 1);
    readonly RegistryLane _opening = new(time, "the run cannot be written", TimeSpan.Zero);
    readonly RegistryLane _documents = new(time, "the document is not taken", PermissionRetry);
    readonly RegistryLane _posts = new(time, "no sign of life is taken", TimeSpan.Zero);
    readonly RegistryLane _looks = new(time, "the run cannot be read", BetweenLooks);
    volatile RegistryPresence _current = new(RegistryStage.Starting, "not asked yet");
    RegistryOpening? _path;
    RegistrySession? _session;
    string? _shownTo;
    string? _forbiddenRun;

    public RegistryPresence Current
    {
        get
        {
            var state = outbox.State;
            return _current with { RunId = state.RunId, PendingLines = state.Pending.Length, DroppedLines = state.Dropped };
        }
    }

    RegistrySettings Settings => access.Settings;

    /// <summary>The document may have changed. Returns at once.</summary>
    public void Touch()
    {
        try
        {
            if (_changed.CurrentCount == 0)
                _changed.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody else just said so.
        }
    }

    /// <summary>Adds a line to the run's history. Returns at once; the line is on disk.</summary>
    public void AddHistory(JsonObject line) => outbox.Add(line, time.GetUtcNow());

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var (key, reason) = access.FindKey();
            if (key is null)
            {
                Become(new RegistryPresence(RegistryStage.Off, reason));
                // A key may be put there while the miner runs; a setting can not change.
                await Task.Delay(Settings.Kind == RegistryKind.Off ? Timeout.InfiniteTimeSpan : KeyRetry, time, stoppingToken);
                continue;
            }
            using var transport = access.Open(key);
            var api = new RegistryApi(transport, Settings);
            try
            {
                await PublishAsync(api, key, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                await SayFarewellAsync();
                throw;
            }
        }
    }

    /// <summary>Until another key may help.</summary>
    async Task PublishAsync(RegistryApi api, RegistryKey key, CancellationToken cancellation)
    {
        (_forbiddenRun, _path) = (null, null);
        while (true)
        {
            TimeSpan wait;
            try
            {
                wait = await StepAsync(api, key, cancellation);
            }
            catch (RegistryException fault)
            {
                wait = await JudgeAsync(api, fault, cancellation);
                // A change is no reason to ask a service that just refused.
                await Task.Delay(wait, time, cancellation);
                if (_current.Stage is RegistryStage.Unauthorised or RegistryStage.NoPermission)
                    return;
                continue;
            }
            if (await ChangedWithinAsync(wait, cancellation))
                await Task.Delay(Settling, time, cancellation);
        }
    }

    /// <summary>Does what is due.</summary>
    /// <returns>How long nothing else is.</returns>
    async Task<TimeSpan> StepAsync(RegistryApi api, RegistryKey key, CancellationToken cancellation)
    {
        var current = facts();
        if (_session is null)
        {
            _path ??= new RegistryOpening(api, outbox, hotkey, time);
            _session = await _path.OpenAsync(current, cancellation);
            _documents.Succeed(TimeSpan.Zero);
            _posts.Succeed(TimeSpan.Zero);
            _looks.Succeed(BetweenLooks);
        }
        var session = _session;
        // Who has the machine is what validators act on; everything else can wait for its turn.
        if (_documents.Left == TimeSpan.Zero || (current.AllocatedTo != _shownTo && !_documents.IsHeld))
        {
            _shownTo = current.AllocatedTo;
            await TryAsync(_documents, () => ShowAsync(session, current, cancellation));
        }
        if (_documents.Left == TimeSpan.Zero && _looks.Left == TimeSpan.Zero)
            await TryAsync(_looks, () => LookAsync(session, cancellation));
        // A document alone does not set a run going again, and one that cannot be sent does not keep it from its signs of life.
        if (session.IsShown && _posts.Left == TimeSpan.Zero)
        {
            await TryAsync(_posts, async () =>
            {
                await session.BeatAsync(cancellation);
                _opening.Succeed(TimeSpan.Zero);
                _current = _current with { LastPost = time.GetUtcNow() };
                return Beat;
            });
        }
        Become((_documents.Trouble ?? _posts.Trouble) is { } trouble
            ? _current with { Stage = RegistryStage.Retrying, Detail = trouble }
            : new RegistryPresence(RegistryStage.Published, $"run {session.RunId} of {Settings.Entity}/{Settings.Project}, {key}{(_looks.Trouble is { } unread ? $"; {unread}" : "")}"));
        return !session.IsShown || (_documents.Left > TimeSpan.Zero && _documents.Left < _posts.Left) ? _documents.Left : _posts.Left;
    }

    /// <summary>Does one thing; what is only late or refused holds up nothing else.</summary>
    /// <exception cref="RegistryException">The key or the run itself is in question.</exception>
    static async Task TryAsync(RegistryLane lane, Func<Task<TimeSpan>> send)
    {
        try
        {
            lane.Succeed(await send());
        }
        catch (RegistryException fault) when (
            fault.Fault is RegistryFault.Unavailable or RegistryFault.RateLimited or RegistryFault.Rejected or RegistryFault.TooLarge)
        {
            lane.Fail(fault);
        }
    }

    /// <returns>How long not to send another.</returns>
    static async Task<TimeSpan> ShowAsync(RegistrySession session, RegistryFacts current, CancellationToken cancellation) =>
        await session.PublishAsync(current, cancellation) ? BetweenDocuments : TimeSpan.Zero;

    /// <returns>How long not to look again.</returns>
    async Task<TimeSpan> LookAsync(RegistrySession session, CancellationToken cancellation)
    {
        if (await session.IsAsSentAsync(cancellation))
            return BetweenLooks;
        Log.Overwritten(logger, session.RunId);
        Touch();
        return BetweenLooks;
    }

    /// <returns>How long to wait after a failure that puts the key or the run in question.</returns>
    async Task<TimeSpan> JudgeAsync(RegistryApi api, RegistryException fault, CancellationToken cancellation)
    {
        var (stage, least) = (RegistryStage.Retrying, TimeSpan.Zero);
        switch (fault.Fault)
        {
            case RegistryFault.Unauthorised:
                (stage, least) = (RegistryStage.Unauthorised, KeyRetry);
                break;
            case RegistryFault.Forbidden when _session is { IsResumed: true } && outbox.State.RunId != _forbiddenRun:
                // The run belongs to another account, as after a change of keys; one of our own is found or made at the next step. When
                // that is the same again, the account has lost its right.
                _forbiddenRun = outbox.State.RunId;
                outbox.ForgetRun();
                break;
            case RegistryFault.Forbidden:
            // A run that is gone is found out by opening again; a project that is gone stays so for a while.
            case RegistryFault.NotFound when _session is null:
                (stage, least) = (RegistryStage.NoPermission, PermissionRetry);
                break;
            case RegistryFault.Conflict:
                await LeaveBurntIdAsync(api, cancellation);
                break;
        }
        _session = null;
        // Only what is late leaves true what was learnt.
        if (fault.Fault is not (RegistryFault.Unavailable or RegistryFault.RateLimited))
            _path = null;
        var wait = _opening.Fail(fault, least);
        Become(_current with { Stage = stage, Detail = _opening.Trouble! });
        return wait;
    }

    /// <summary>An id that conflicts and is not there was deleted: the service never takes it again.</summary>
    async Task LeaveBurntIdAsync(RegistryApi api, CancellationToken cancellation)
    {
        try
        {
            if (outbox.State.RunId is { } id && await api.GetStatusAsync(id, cancellation) is null)
                RegistrySession.UseNewRun(outbox, hotkey, time);
        }
        catch (RegistryException)
        {
            // Found out at the next step.
        }
    }

    async Task<bool> ChangedWithinAsync(TimeSpan wait, CancellationToken cancellation)
    {
        if (wait <= TimeSpan.Zero)
            return false;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var change = _changed.WaitAsync(ended.Token);
        var first = await Task.WhenAny(change, Task.Delay(wait, time, ended.Token));
        await ended.CancelAsync();
        cancellation.ThrowIfCancellationRequested();
        try
        {
            await change;
            return first == change;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>The last change, and that the run is over, as far as both fit into the patience of a program that ends.</summary>
    async Task SayFarewellAsync()
    {
        if (_session is not { IsShown: true } session)
            return;
        await SayAsync(_documents, token => session.PublishAsync(facts(), token));
        // Whatever became of that: a run that is over is not free.
        await SayAsync(_posts, session.FinishAsync);
    }

    static async Task SayAsync(RegistryLane lane, Func<CancellationToken, Task> send)
    {
        if (lane.IsHeld)
            return;
        using var patience = new CancellationTokenSource(FarewellPatience);
        try
        {
            await send(patience.Token);
        }
        catch (Exception fault) when (fault is RegistryException or OperationCanceledException)
        {
            // The registry notices by itself after five minutes.
        }
    }

    void Become(RegistryPresence next)
    {
        var previous = _current;
        _current = next with { LastPost = next.LastPost ?? previous.LastPost };
        if (previous.Stage == next.Stage)
            return;
        if (next.Stage == RegistryStage.Published)
            Log.Published(logger, next.Detail);
        else
            Log.NotPublished(logger, next.Detail);
    }

    static partial class Log
    {
        [LoggerMessage(6204, LogLevel.Warning, "Run {Run} in the registry held something else than this miner wrote there; it is written again. See that no other miner runs with this hotkey.")]
        public static partial void Overwritten(ILogger logger, string run);

        [LoggerMessage(6200, LogLevel.Information, "Registry: {Detail}")]
        public static partial void Published(ILogger logger, string detail);

        [LoggerMessage(6201, LogLevel.Warning, "Registry: {Detail}")]
        public static partial void NotPublished(ILogger logger, string detail);
    }
}
