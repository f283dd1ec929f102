using System.Net;
using Bittensor.Keys;

namespace Bittensor.Axon;

/// <summary>From which addresses admitted hotkeys were proved lately. Bounded: the one proved longest ago makes room.</summary>
sealed class ProvedCallers(int most, TimeSpan memory, TimeProvider time)
{
    readonly Lock _lock = new();
    readonly Dictionary<(IPAddress, Hotkey), LinkedListNode<Entry>> _entries = [];
    readonly LinkedList<Entry> _byAge = [];

    public int Count
    {
        get
        {
            lock (_lock)
                return _entries.Count;
        }
    }

    public bool Contains(IPAddress address, Hotkey hotkey)
    {
        lock (_lock)
            return _entries.TryGetValue((address, hotkey), out var node) && time.GetElapsedTime(node.Value.At) < memory;
    }

    public void Add(IPAddress address, Hotkey hotkey)
    {
        var key = (address, hotkey);
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out var node))
            {
                _byAge.Remove(node);
            }
            else
            {
                if (_entries.Count >= most)
                {
                    _entries.Remove(_byAge.First!.Value.Key);
                    _byAge.RemoveFirst();
                }
                _entries[key] = node = new LinkedListNode<Entry>(default);
            }
            node.Value = new Entry(key, time.GetTimestamp());
            _byAge.AddLast(node);
        }
    }

    readonly record struct Entry((IPAddress, Hotkey) Key, long At);
}
