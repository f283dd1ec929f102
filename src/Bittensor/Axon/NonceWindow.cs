using Bittensor.Keys;

namespace Bittensor.Axon;

/// <summary>
/// Remembers the last nonce of each hotkey and uuid, so that no request counts twice. Memory is bounded: what is forgotten
/// leaves a floor behind, and a nonce at or below a floor is refused, so forgetting never lets a replay in.
/// </summary>
/// <remarks>Not a queue of requests: a caller with many uuids harms only his own lane.</remarks>
public sealed class NonceWindow
{
    readonly Lock _lock = new();
    readonly Dictionary<Hotkey, Lane> _lanes = [];
    readonly int _maxHotkeys;
    readonly int _maxUuids;
    long _floor = long.MinValue;
    long _highWaterMark = long.MinValue;

    /// <param name="maxHotkeys">Hotkeys remembered at the same time.</param>
    /// <param name="maxUuids">Uuids remembered per hotkey.</param>
    public NonceWindow(int maxHotkeys = 1024, int maxUuids = 64)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxHotkeys, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxUuids, 1);
        (_maxHotkeys, _maxUuids) = (maxHotkeys, maxUuids);
    }

    /// <summary>The newest nonce that was ever accepted, in nanoseconds; what has to be kept to survive a restart.</summary>
    public long HighWaterMark
    {
        get
        {
            lock (_lock)
                return _highWaterMark;
        }
    }

    /// <summary>Entries held now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _lanes.Values.Sum(lane => lane.Last.Count);
        }
    }

    /// <summary>
    /// From now on refuses every nonce up to this one. With the high-water mark of an earlier run, none of its requests counts again.
    /// </summary>
    public void RaiseFloor(long nonce)
    {
        lock (_lock)
            _floor = Math.Max(_floor, nonce);
    }

    /// <summary>From now on refuses every nonce of this hotkey up to this one, under any uuid.</summary>
    public void RaiseFloor(Hotkey hotkey, long nonce)
    {
        lock (_lock)
        {
            if (nonce <= _floor)
                return;
            if (!_lanes.TryGetValue(hotkey, out var lane))
            {
                // Without room for one more, all share the floor: too much is refused, never too little.
                if (_lanes.Count >= _maxHotkeys && !MakeRoom(nonce))
                {
                    _floor = nonce;
                    return;
                }
                _lanes.Add(hotkey, lane = new Lane());
            }
            lane.RaiseFloor(nonce);
        }
    }

    /// <summary>True when the nonce would be accepted; changes nothing, so that it may be asked before the signature is checked.</summary>
    public bool IsNew(Hotkey hotkey, string uuid, long nonce)
    {
        lock (_lock)
            return nonce > _floor && (!_lanes.TryGetValue(hotkey, out var lane) || lane.IsNew(uuid, nonce));
    }

    /// <summary>Accepts the nonce if it is newer than the last, in one step: of equal requests at the same time, one gets true.</summary>
    public bool TryAdvance(Hotkey hotkey, string uuid, long nonce)
    {
        lock (_lock)
        {
            if (nonce <= _floor)
                return false;
            if (!_lanes.TryGetValue(hotkey, out var lane))
            {
                if (_lanes.Count >= _maxHotkeys && !MakeRoom(nonce))
                    return false;
                _lanes.Add(hotkey, lane = new Lane());
            }
            if (!lane.TryAdvance(uuid, nonce, _maxUuids))
                return false;
            _highWaterMark = Math.Max(_highWaterMark, nonce);
            return true;
        }
    }

    /// <summary>Forgets what lies at or before a nonce that is refused for its age anyway.</summary>
    public void Forget(long upTo)
    {
        lock (_lock)
        {
            foreach (var (hotkey, lane) in _lanes)
            {
                // The floor keeps them out even when the clock is set back. It rises no further than what was stored: a clock that
                // was far ahead for a moment would otherwise lock everybody out until it is that late.
                _floor = Math.Max(_floor, lane.Forget(upTo));
                if (lane.Newest <= upTo)
                    _lanes.Remove(hotkey);
            }
        }
    }

    bool MakeRoom(long nonce)
    {
        var (hotkey, lane) = _lanes.MinBy(pair => pair.Value.Newest);
        if (nonce <= lane.Newest)
            return false;
        _floor = Math.Max(_floor, lane.Newest);
        return _lanes.Remove(hotkey);
    }

    /// <summary>The uuids of one hotkey.</summary>
    sealed class Lane
    {
        long _floor = long.MinValue;

        public Dictionary<string, long> Last { get; } = new(StringComparer.Ordinal);

        public long Newest { get; private set; } = long.MinValue;

        public bool IsNew(string uuid, long nonce) => nonce > (Last.TryGetValue(uuid, out var last) ? last : _floor);

        public void RaiseFloor(long nonce)
        {
            _floor = Math.Max(_floor, nonce);
            Newest = Math.Max(Newest, nonce);
        }

        public bool TryAdvance(string uuid, long nonce, int maxUuids)
        {
            if (!IsNew(uuid, nonce))
                return false;
            if (Last.Count >= maxUuids && !Last.ContainsKey(uuid))
            {
                var (oldest, floor) = Last.MinBy(pair => pair.Value);
                if (nonce <= floor)
                    return false;
                _floor = floor;
                Last.Remove(oldest);
            }
            Last[uuid] = nonce;
            Newest = Math.Max(Newest, nonce);
            return true;
        }

        /// <summary>The newest nonce that was forgotten.</summary>
        public long Forget(long upTo)
        {
            var newest = _floor <= upTo ? _floor : long.MinValue;
            foreach (var (uuid, nonce) in Last)
            {
                if (nonce > upTo)
                    continue;
                newest = Math.Max(newest, nonce);
                Last.Remove(uuid);
            }
            return newest;
        }
    }
}
