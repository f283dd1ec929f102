using System.Text.Json.Nodes;

namespace ComputeMiner.Registry;

/// <summary>
/// History lines on their way to the registry. What is added is on disk before anybody waits for the registry; when too many wait, the
/// oldest go, because the newest say more. The run's document needs no queue: it is made whole from what the miner holds, each time.
/// </summary>
sealed class RegistryOutbox
{
    /// <summary>Five days of lines, one each quarter of an hour.</summary>
    public const int MostLines = 500;

    readonly Lock _gate = new();
    readonly RegistryStateFile _file;
    readonly Action<string> _unwritable;
    RegistryState _state;

    /// <param name="file">Where it is kept.</param>
    /// <param name="unwritable">Told, with the reason, when it could not be; everything goes on from memory.</param>
    public RegistryOutbox(RegistryStateFile file, Action<string> unwritable)
    {
        (_file, _unwritable) = (file, unwritable);
        _state = file.Read();
    }

    public RegistryState State
    {
        get
        {
            lock (_gate)
                return _state;
        }
    }

    /// <summary>Gives a line its step and times, and keeps it.</summary>
    public void Add(JsonObject line, DateTimeOffset now) => Change(state =>
    {
        // Before the run is known, none of it has run.
        var started = state.RunId is null ? now : state.Started;
        var pending = state.Pending.Add(HistoryLine.Stamped(line, state.NextStep, now, started));
        var surplus = Math.Max(0, pending.Length - MostLines);
        return state with { Pending = pending.RemoveRange(0, surplus), Dropped = state.Dropped + surplus, NextStep = state.NextStep + 1 };
    });

    /// <summary>The registry has the oldest lines that waited at a moment.</summary>
    /// <param name="sent">The state of that moment, with those lines alone.</param>
    public void Confirm(RegistryState sent) => Change(state =>
    {
        // They have arrived after all.
        var arrived = GivenUp(state, sent);
        return state with
        {
            HistoryOffset = sent.HistoryOffset + sent.Pending.Length,
            Pending = state.Pending.RemoveRange(0, sent.Pending.Length - arrived),
            Dropped = state.Dropped - arrived,
        };
    });

    /// <summary>Lines the registry will never take.</summary>
    /// <param name="sent">The state whose lines they are.</param>
    public void Drop(RegistryState sent) => Change(state =>
    {
        var left = sent.Pending.Length - GivenUp(state, sent);
        return state with { Pending = state.Pending.RemoveRange(0, left), Dropped = state.Dropped + left };
    });

    /// <summary>From now on this is our run.</summary>
    public void UseRun(string run, string signature, DateTimeOffset started) => Change(state =>
        Renumbered(state with { RunId = run, Signature = signature, Started = started, HistoryOffset = 0 }, 0));

    /// <summary>Brings the counts in line with what the registry holds of our run.</summary>
    /// <param name="status">What it holds.</param>
    /// <param name="isKept">Whether the counts kept here are those of this run.</param>
    public void Resume(RegistryRunStatus status, bool isKept) => Change(state =>
    {
        var step = (status.LastStep ?? -1) + 1;
        // A little more than we know of are lines of ours whose confirmation was lost: sent again at their place they change nothing.
        var unconfirmed = status.HistoryLines - state.HistoryOffset;
        return isKept && unconfirmed >= 0 && unconfirmed <= state.Pending.Length
            ? state with { NextStep = Math.Max(state.NextStep, step) }
            : Renumbered(state with { HistoryOffset = status.HistoryLines }, step);
    });

    /// <summary>No run is ours any more; another one is found or made.</summary>
    public void ForgetRun() => Change(state => state with { RunId = null, Signature = null });

    /// <summary>How many of the lines that were sent have been given up since: those are the oldest.</summary>
    static int GivenUp(RegistryState state, RegistryState sent) => (int)Math.Min(state.Dropped - sent.Dropped, sent.Pending.Length);

    static RegistryState Renumbered(RegistryState state, long step)
    {
        var pending = HistoryLine.Renumbered(state.Pending, step, state.Started);
        return state with { Pending = pending, NextStep = step + pending.Length };
    }

    void Change(Func<RegistryState, RegistryState> change)
    {
        lock (_gate)
        {
            _state = change(_state);
            try
            {
                _file.Write(_state);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                _unwritable(fault.Message);
            }
        }
    }
}
