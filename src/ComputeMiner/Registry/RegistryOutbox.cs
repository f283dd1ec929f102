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
        line["_step"] = state.NextStep;
        line["_runtime"] = Math.Max(0, (now - state.Started).TotalSeconds);
        line["_timestamp"] = now.ToUnixTimeMilliseconds() / 1000.0;
        var pending = state.Pending.Add(line.ToJsonString());
        var surplus = Math.Max(0, pending.Length - MostLines);
        return state with { Pending = pending.RemoveRange(0, surplus), Dropped = state.Dropped + surplus, NextStep = state.NextStep + 1 };
    });

    /// <summary>The registry has the first <paramref name="count"/> lines that waited when its offset was <paramref name="offset"/>.</summary>
    public void Confirm(int offset, int count) => Change(state =>
    {
        // Lines dropped meanwhile were the oldest, which are among these.
        var waiting = Math.Min(count, state.Pending.Length);
        return state with { HistoryOffset = offset + count, Pending = state.Pending.RemoveRange(0, waiting) };
    });

    /// <summary>Lines the registry will never take.</summary>
    public void Drop(int count) => Change(state =>
    {
        var dropped = Math.Min(count, state.Pending.Length);
        return state with { Pending = state.Pending.RemoveRange(0, dropped), Dropped = state.Dropped + dropped };
    });

    /// <summary>From now on this is our run.</summary>
    public void UseRun(string run, string signature, DateTimeOffset started) => Change(state =>
        state with { RunId = run, Signature = signature, Started = started, HistoryOffset = 0, NextStep = state.Pending.Length });

    /// <summary>Brings the counts in line with what the registry holds of our run.</summary>
    public void Resume(RegistryRunStatus status) => Change(state =>
    {
        // A little more than we know of are lines of ours whose confirmation was lost: sent again at their place they change nothing.
        var unconfirmed = status.HistoryLines - state.HistoryOffset;
        var offset = unconfirmed >= 0 && unconfirmed <= state.Pending.Length ? state.HistoryOffset : status.HistoryLines;
        return state with { HistoryOffset = offset, NextStep = Math.Max(state.NextStep, (status.LastStep ?? -1) + 1) };
    });

    /// <summary>No run is ours any more; another one is found or made.</summary>
    public void ForgetRun() => Change(state => state with { RunId = null, Signature = null });

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
