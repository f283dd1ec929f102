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

    static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(60);
    static readonly TimeSpan KeyRetry = TimeSpan.FromMinutes(10);
    static readonly TimeSpan PermissionRetry = TimeSpan.FromMinutes(15);

    /// <summary>What the end of the program waits for the registry's farewell.</summary>
    static readonly TimeSpan FarewellPatience = TimeSpan.FromSeconds(3);

    readonly SemaphoreSlim _changed = new(0, 1);
    readonly long _origin = time.GetTimestamp();
    volatile RegistryPresence _current = new(RegistryStage.Starting, "not asked yet");
    RegistrySession? _session;
    string? _shownTo;
    string? _refusal;
    TimeSpan _nextDocument;
    TimeSpan _nextBeat;
    TimeSpan _nextLook;
    int _failures;

    public RegistryPresence Current
    {
        get
        {
            var state = outbox.State;
            return _current with { RunId = state.RunId, PendingLines = state.Pending.Length, DroppedLines = state.Dropped };
        }
    }

    RegistrySettings Settings => access.Settings;

    /// <summary>Since this began, whatever becomes of the machine's clock: a run must not fall silent because that was set back.</summary>
    TimeSpan Elapsed => time.GetElapsedTime(_origin);

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
        while (true)
        {
            TimeSpan wait;
            try
            {
                wait = await StepAsync(api, key, cancellation);
                _failures = 0;
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
        var isNew = _session is null;
        _session ??= await RegistrySession.OpenAsync(api, outbox, hotkey, facts().Netuid, time, cancellation);
        var now = Elapsed;
        var current = facts();
        if (isNew || now >= _nextLook)
        {
            if (!isNew && !await _session.IsAsSentAsync(cancellation))
                Log.Overwritten(logger, _session.RunId);
            _nextLook = now + BetweenLooks;
        }
        // Who has the machine is what validators act on; everything else can wait for its turn.
        if (isNew || now >= _nextDocument || current.AllocatedTo != _shownTo)
        {
            _nextDocument = now + await ShowAsync(_session, current, cancellation);
            _shownTo = current.AllocatedTo;
        }
        // A document alone does not set a run going again.
        if (isNew || now >= _nextBeat)
        {
            await _session.BeatAsync(cancellation);
            _nextBeat = now + Beat;
            Become(new RegistryPresence(
                _refusal is null ? RegistryStage.Published : RegistryStage.Retrying,
                _refusal ?? $"run {_session.RunId} of {Settings.Entity}/{Settings.Project}, {key}", LastPost: time.GetUtcNow()));
        }
        return (_nextDocument > now && _nextDocument < _nextBeat ? _nextDocument : _nextBeat) - Elapsed;
    }

    /// <summary>Sends the document; one that is refused does not keep the run from showing its signs of life.</summary>
    /// <returns>How long not to send another.</returns>
    async Task<TimeSpan> ShowAsync(RegistrySession session, RegistryFacts current, CancellationToken cancellation)
    {
        try
        {
            var isSent = await session.PublishAsync(current, cancellation);
            _refusal = null;
            return isSent ? BetweenDocuments : TimeSpan.Zero;
        }
        catch (RegistryException fault) when (fault.Fault == RegistryFault.Rejected)
        {
            _refusal = $"the document is refused: {fault.Message}; next try in {PermissionRetry.TotalMinutes:0} min";
            return session.IsThere ? PermissionRetry : throw new RegistryException(RegistryFault.Rejected, _refusal, PermissionRetry, fault);
        }
    }

    /// <returns>How long to wait after a failure.</returns>
    async Task<TimeSpan> JudgeAsync(RegistryApi api, RegistryException fault, CancellationToken cancellation)
    {
        var wait = fault.Wait ?? BackOff();
        var stage = RegistryStage.Retrying;
        switch (fault.Fault)
        {
            case RegistryFault.Unauthorised:
                (stage, wait, _session) = (RegistryStage.Unauthorised, KeyRetry, null);
                break;
            case RegistryFault.Forbidden when _session is { IsResumed: true }:
                // The run belongs to another account, as after a change of keys; one of our own is made at the next step.
                outbox.ForgetRun();
                _session = null;
                break;
            case RegistryFault.Forbidden:
                (stage, wait, _session) = (RegistryStage.NoPermission, PermissionRetry, null);
                break;
            case RegistryFault.NotFound:
                // A run that is gone is found out by opening again; a project that is gone stays so for a while.
                if (_session is null)
                    (stage, wait) = (RegistryStage.NoPermission, PermissionRetry);
                _session = null;
                break;
            case RegistryFault.Conflict:
                await LeaveBurntIdAsync(api, cancellation);
                break;
        }
        Become(_current with { Stage = stage, Detail = $"{fault.Message}; next try in {wait.TotalSeconds:0} s" });
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
        _session = null;
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
        if (_session is null || _current.Stage != RegistryStage.Published)
            return;
        using var patience = new CancellationTokenSource(FarewellPatience);
        try
        {
            await _session.PublishAsync(facts(), patience.Token);
            await _session.FinishAsync(patience.Token);
        }
        catch (Exception fault) when (fault is RegistryException or OperationCanceledException)
        {
            // The registry notices by itself after five minutes.
        }
    }

    TimeSpan BackOff()
    {
        var seconds = Math.Min(LongestBackOff.TotalSeconds, 2 * Math.Pow(2, Math.Min(_failures++, 10)));
        // Not all miners at once when the service is back.
        return TimeSpan.FromSeconds(seconds * (1 + Random.Shared.NextDouble() / 4));
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
